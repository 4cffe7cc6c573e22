package io.carom.mail.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.mail.MailData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// The signed mails of james-jdkim: a mail's name says whether its signature holds.
class DkimSamplesTest {
    @Test
    void everySampleIsAsItsNameSays() throws IOException {
        Map<String, byte[]> files = MailData.files("dkim-samples.tar.gz");
        Map<String, String> zone = new TreeMap<>();
        Map<String, byte[]> mails = new TreeMap<>();
        files.forEach((path, bytes) -> {
            if (path.endsWith("FAKE_DNS.dat")) {
                for (String line : new String(bytes, StandardCharsets.ISO_8859_1).split("\r?\n")) {
                    String[] words = line.split("\\s+", 2);
                    if (words.length == 2 && !line.startsWith("#")) {
                        zone.put(words[0], words[1]);
                    }
                }
            } else if (path.contains("Mail-DKIM/corpus/")) {
                mails.put(path.substring(path.lastIndexOf('/') + 1), bytes);
            }
        });
        Dns dns = (name, type) -> {
            String text = zone.get(name);
            if (text != null && text.startsWith("~~")) {
                throw new Dns.NoAnswerException(name);
            }
            return text == null || text.equals("NXDOMAIN") ? List.of() : List.of(text);
        };
        List<String> wrong = new ArrayList<>();
        mails.forEach((name, mail) -> {
            List<Dkim.Signature> found = Dkim.check(mail, dns, 1_300_000_000L);
            boolean passed = found.stream().anyMatch(f -> f.result() == Dkim.Result.PASS);
            if (passed != holds(name)) {
                wrong.add(name + ": " + found);
            }
        });
        assertEquals(List.of(), wrong);
        assertTrue(mails.size() > 60);
    }

    /// Signatures of drafts before RFC 4871 (`ietf`, `mine`, some without a body), those of
    /// DomainKeys (`dk`) and those that are to be ignored hold for nobody.
    private static boolean holds(String name) {
        return name.startsWith("good") && !name.contains("_dk_") && !name.contains("_ietf")
                || name.equals("multiple_2.txt");
    }
}
