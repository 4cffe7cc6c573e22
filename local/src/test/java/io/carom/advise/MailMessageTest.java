package io.carom.advise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class MailMessageTest {
    private static final Pattern WORD = Pattern.compile("=\\?utf-8\\?B\\?([^?]*)\\?=");

    @Test
    void encodedWordsAreAsShortAsTheyMustBeAndWholeLetters() {
        for (String subject : List.of(
                "\u8BF7\u7ACB\u5373\u5904\u7406".repeat(12), "\uD83D\uDD25".repeat(30), "plain and \u00FC".repeat(9))) {
            String mail = new String(
                    MailMessage.plain("id", "a@b.example", "c@d.example", subject, "text", Instant.EPOCH),
                    StandardCharsets.US_ASCII);
            String head = mail.substring(mail.indexOf("Subject: "), mail.indexOf("MIME-Version"));
            StringBuilder read = new StringBuilder();
            for (String line : head.split("\r\n")) {
                assertTrue(line.length() <= 76, line);
                Matcher word = WORD.matcher(line);
                assertTrue(word.find(), line);
                read.append(new String(Base64.getDecoder().decode(word.group(1)), StandardCharsets.UTF_8));
            }
            assertEquals(subject, read.toString());
        }
    }
}
