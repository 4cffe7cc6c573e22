package io.carom.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class InternationalNamesTest {
    @Test
    void namesTravelInAscii() {
        assertEquals("xn--mller-kva.example", InternationalNames.ascii("M\u00fcller.example"));
        assertEquals("www.example", InternationalNames.ascii("WWW.Example"));
    }

    @Test
    void whatIsTooLongToBeANameStaysAsItIs() {
        for (String letter : new String[] {"\u00e9", "\u4e2d", "\ud83d\ude00", "\u0130"}) {
            for (int many : new int[] {64, 256, 500, 512, 1_000, 5_000, 50_000}) {
                String name = "a".repeat(10) + letter.repeat(many) + ".example";
                assertEquals(name, InternationalNames.ascii(name), many + " of " + letter);
            }
        }
    }
}
