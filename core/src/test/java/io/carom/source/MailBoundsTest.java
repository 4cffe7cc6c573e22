package io.carom.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.source.mail.Mail;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Mails as large, deep and crooked as an attacker makes them are read as far as the bounds go.
class MailBoundsTest {
    private static final String HEADER =
            "Received: from a.example ([203.0.113.1]) by b.example; Tue, 3 Mar 2026 09:15:05 +0100\n"
                    + "Message-ID: <1@a.example>\nFrom: a@a.example\nTo: b@b.example\n";

    private static String only(String mail) {
        ReadEvents read = ReadEvents.of("x.eml", mail.getBytes(StandardCharsets.UTF_8));
        assertEquals(List.of("eml"), read.sources());
        return read.events().getFirst();
    }

    @Test
    void aMailNestedTooDeepIsCutAndSaysSo() {
        StringBuilder mail = new StringBuilder(HEADER);
        for (int i = 0; i < 2 * Mail.MAX_DEPTH; i++) {
            mail.append("Content-Type: multipart/mixed; boundary=b" + i + "x\n\n--b" + i + "x\n");
        }
        assertTrue(only(mail + "\ntext\n").contains("\"mail.cut\":true"));
    }

    @Test
    void aMailOfTooManyPartsIsCutAndKeepsThoseBefore() {
        String part = "--b\nContent-Type: text/plain; name=a.txt\n\nx\n";
        String mail =
                HEADER + "Content-Type: multipart/mixed; boundary=b\n\n" + part.repeat(Mail.MAX_PARTS + 5) + "--b--\n";
        String event = only(mail);
        assertTrue(event.contains("\"mail.cut\":true"));
        assertTrue(event.contains("\"name\":\"a.txt\""));
    }

    @Test
    void aMailOfTooManyFieldsIsCutAndItsFirstAreRead() {
        String event = only(HEADER + "X-A: b\n".repeat(3 * Mail.MAX_FIELDS) + "\ntext");
        assertTrue(event.contains("\"mail.cut\":true"));
        assertTrue(event.contains("\"message_uid\":\"1@a.example\""));
    }

    @Test
    void anInputLongerThanAMailMayBeIsOneRecord() {
        byte[] head = (HEADER + "\n").getBytes(StandardCharsets.UTF_8);
        byte[] mail = new byte[Mail.MAX_BYTES + (4 << 20)];
        java.util.Arrays.fill(mail, (byte) 'x');
        System.arraycopy(head, 0, mail, 0, head.length);
        for (int i = head.length + 70; i < mail.length; i += 71) {
            mail[i] = '\n';
        }
        ReadEvents read = ReadEvents.of("x.eml", mail);
        assertEquals(1, read.result().records());
        assertTrue(read.events().getFirst().contains("\"mail.cut\":true"));
        assertEquals(mail.length, read.result().bytes());
    }

    /// Texts on which a search that begins anew at each place would take hours.
    @Test
    void hostileTextsAreReadInOnePass() {
        for (String unit :
                List.of("<", "&", "=?", "://", "http://", "(", ")", "<a href=\"", "<a b=", "&#x41", "\"", "> ", "a@")) {
            String long1 = unit.repeat(300_000 / unit.length());
            String event =
                    only(HEADER + "Subject: " + long1 + "\nContent-Type: text/html\n\n" + long1 + "http://" + long1);
            assertTrue(event.contains("\"message_uid\":\"1@a.example\""), unit);
        }
    }

    @Test
    void anMboxIsTheSameWhereverItsBlocksEnd() {
        StringBuilder mbox = new StringBuilder();
        int mails = 4_000;
        for (int i = 0; i < mails; i++) {
            mbox.append("From a@a.example Tue Mar  3 08:15:01 2026\n" + HEADER.replace("<1@", "<" + i + "@"));
            mbox.append("\nSee http://h" + i + ".example/\n>From here\n" + "text ".repeat(i % 200) + "\n\n");
        }
        ReadEvents read = ReadEvents.of("x.mbox", mbox.toString().getBytes(StandardCharsets.UTF_8));
        assertEquals(List.of(), read.rejects());
        assertEquals(mails, read.events().size());
        for (int i = 0; i < mails; i++) {
            assertTrue(read.events().get(i).contains("\"message_uid\":\"" + i + "@a.example\""), "mail " + i);
            assertTrue(read.events().get(i).contains("\"hostname\":\"h" + i + ".example\""), "mail " + i);
            assertFalse(read.events().get(i).contains("\"mail.cut\""), "mail " + i);
        }
    }
}
