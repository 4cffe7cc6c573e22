package io.carom.source.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WrittenUrlsTest {
    private static List<String> found(String text) {
        Links links = new Links();
        links.text(text);
        return List.copyOf(links.found().keySet());
    }

    /// What stands around an address in a sentence is none of it, in whatever script the sentence is.
    @Test
    void theMarksOfTheSentenceEndAnAddress() {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("See \u201chttps://a.example/x\u201d.", "https://a.example/x");
        texts.put("Voir \u00abhttps://a.example/x\u00bb ici", "https://a.example/x");
        texts.put("Siehe \u201ehttps://a.example/x\u201c, heute", "https://a.example/x");
        texts.put("\u8bf7\u8bbf\u95ee\uff08https://a.example/x\uff09\uff0c\u8c22\u8c22", "https://a.example/x");
        texts.put("\u300chttps://a.example/x\u300d\u3092\u898b\u3066", "https://a.example/x");
        texts.put("https://a.example/x\u3002\u8c22\u8c22", "https://a.example/x");
        texts.put("https://a.example/long\u2026", "https://a.example/long");
        texts.put("(https://a.example/b_(c))", "https://a.example/b_(c)");
        texts.put("https://a.example/\u00fcber?q=\u4e2d\u6587 x", "https://a.example/\u00fcber?q=\u4e2d\u6587");
        texts.forEach((text, url) -> assertEquals(List.of(url), found(text), text));
    }

    @Test
    void dotsOfOtherScriptsAreDotsOfAHostsName() {
        for (String dot : List.of("\u3002", "\uff0e", "\uff61")) {
            Links links = new Links();
            links.text("https://a" + dot + "example/x");
            assertEquals("a.example", links.found().get("https://a" + dot + "example/x"), dot);
        }
    }
}
