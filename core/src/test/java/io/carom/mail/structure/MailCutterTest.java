package io.carom.mail.structure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.source.mail.Mail;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class MailCutterTest {
    @Test
    void whatIsTooLongIsItsBeginningWithoutAHole() throws IOException {
        byte[] head = "From: a@b.example\n\n".getBytes(StandardCharsets.US_ASCII);
        byte[] mail = new byte[Mail.MAX_BYTES + 200_000];
        Arrays.fill(mail, (byte) 'x');
        System.arraycopy(head, 0, mail, 0, head.length);
        // Long lines, the last of which does not fit, and then short ones that would.
        for (int i = 60_000; i < Mail.MAX_BYTES; i += 60_000) {
            mail[i] = '\n';
        }
        for (int i = Mail.MAX_BYTES + 100_000; i < mail.length; i += 10) {
            mail[i] = '\n';
        }
        long mails = MailCutter.cut(new ByteArrayInputStream(mail), (bytes, number, envelope, cut) -> {
            assertTrue(cut);
            assertEquals(-1, Arrays.mismatch(bytes, Arrays.copyOf(mail, bytes.length)));
        });
        assertEquals(1, mails);
    }

    @Test
    void aMarkOfUtf8IsNoPartOfTheFirstName() throws IOException {
        byte[] mail = "\ufeffFrom: a@b.example\nSubject: x\n\nx\n".getBytes(StandardCharsets.UTF_8);
        long mails = MailCutter.cut(
                new ByteArrayInputStream(mail),
                (bytes, number, envelope, cut) ->
                        assertEquals("a@b.example", MailStructure.of(bytes).first("from")));
        assertEquals(1, mails);
    }
}
