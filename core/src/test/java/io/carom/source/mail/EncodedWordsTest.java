package io.carom.source.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.Charset;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class EncodedWordsTest {
    /// Chinese programs say GB2312 and write what it has not.
    @Test
    void aSetThatIsUsedBeyondWhatItHasIsReadAsTheLargerOne() {
        String name = "\u6731\u9555\u57fa";
        String coded = Base64.getEncoder().encodeToString(name.getBytes(Charset.forName("GB18030")));
        assertEquals(name, EncodedWords.decode("=?gb2312?B?" + coded + "?="));
        assertEquals("\u2013", EncodedWords.decode("=?iso-8859-1?Q?=96?="));
    }

    @Test
    void paddingWithinAWordEndsARun() {
        assertEquals("Hello world", EncodedWords.decode("=?utf-8?B?SGVsbG8=IHdvcmxk?="));
        assertEquals("Hello", EncodedWords.decode("=?utf-8?B?SGVsbG8?="));
    }
}
