package io.carom.source.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;
import org.apache.james.mime4j.stream.NameValuePair;
import org.junit.jupiter.api.Test;

class ParametersTest {
    private static String of(String... namesAndValues) {
        List<NameValuePair> pairs = new ArrayList<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            pairs.add(new NameValuePair(namesAndValues[i], namesAndValues[i + 1]));
        }
        return Parameters.of(pairs, "filename");
    }

    @Test
    void aNameIsReadInEachForm() {
        assertEquals("a b.pdf", of("FileName", "a b.pdf"));
        assertEquals("h\u00e9llo.pdf", of("filename*", "utf-8''h%C3%A9llo.pdf"));
        assertEquals("h\u00e9llo.pdf", of("filename*", "iso-8859-1'fr'h%E9llo.pdf"));
        assertEquals("Encrypted Message.pdf", of("filename*0*", "utf-8''Encrypted%20Mess", "filename*1", "age.pdf"));
        // In any order, and with a character split over two pieces.
        assertEquals("h\u00e9llo.exe", of("filename*1*", "%A9llo", "filename*2", ".exe", "filename*0*", "utf-8''h%C3"));
        // Bytes that stand there as they are.
        assertEquals("h\u00e9llo.pdf", of("filename", "h\u00c3\u00a9llo.pdf"));
        assertEquals("h\u00e9llo.pdf", of("filename", "h\u00e9llo.pdf"));
        assertNull(of("name", "a.pdf"));
    }

    @Test
    void aNameThatStandsTwiceIsReadOnce() {
        assertEquals("invoice.pdf", of("filename", "invoice.pdf", "filename*", "utf-8''invoice.pdf"));
        assertEquals("r\u00e9sum\u00e9.exe", of("filename", "resume.pdf", "filename*", "utf-8''r%C3%A9sum%C3%A9.exe"));
        assertEquals("a.txt", of("filename", "a.txt", "filename", "b.exe"));
    }

    @Test
    void apostrophesPercentAndPlusOfAPlainNameAreThemselves() {
        assertEquals("Bob's and Ann's 100%25.pdf", of("filename", "Bob's and Ann's 100%25.pdf"));
        assertEquals("a+b.exe", of("filename*", "utf-8''a+b.exe"));
        assertEquals("it's bob's.pdf", of("filename*0", "it's ", "filename*1", "bob's.pdf"));
        assertEquals("50%", of("filename*", "utf-8''50%"));
    }
}
