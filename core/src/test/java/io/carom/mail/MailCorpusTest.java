package io.carom.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// A thousand real mails, and the same with what the two kinds happen to differ by taken away.
///
/// Weights were fitted to the half whose names' hashes are even; the other half was held out.
class MailCorpusTest {
    private static final Pattern HEADER_YEAR =
            Pattern.compile("(?m)^(Date|Received|\\s)(.*?)\\b((?:19|20)\\d\\d)\\b(.*)$");

    /// Phish found, ham and hard ham called so, of how many, for the fitted and the held half.
    private static final class Counts {
        final Map<String, int[]> all = new LinkedHashMap<>();

        void add(String kind, boolean told) {
            int[] n = all.computeIfAbsent(kind, k -> new int[2]);
            n[0] += told ? 1 : 0;
            n[1]++;
        }

        double share(String kind) {
            int[] n = all.getOrDefault(kind, new int[] {0, 1});
            return n[0] / (double) n[1];
        }

        @Override
        public String toString() {
            List<String> texts = new ArrayList<>();
            all.forEach((kind, n) -> texts.add(kind + " " + n[0] + " of " + n[1]));
            return texts.toString();
        }
    }

    private static boolean fitted(String name) {
        try {
            String file = name.substring(name.lastIndexOf('/') + 1);
            return (MessageDigest.getInstance("SHA-256").digest(file.getBytes(StandardCharsets.UTF_8))[0] & 1) == 0;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Counts counts(UnaryOperator<String> changed, UnaryOperator<String> changedHam) throws IOException {
        MailScanner scanner = new MailScanner(MailScanner.Settings.DEFAULT);
        Counts counts = new Counts();
        MailData.corpus().forEach((name, mail) -> {
            String[] path = name.split("/");
            String kind = path[path.length - 2];
            if (!kind.equals("phishing") && !kind.endsWith("ham")) {
                return;
            }
            String text = new String(mail, StandardCharsets.ISO_8859_1);
            text = (kind.equals("phishing") ? changed : changedHam).apply(text);
            boolean told = scanner.scan(text.getBytes(StandardCharsets.ISO_8859_1), "", false)
                    .isSuspicious();
            counts.add(kind, told);
            counts.add(kind + (fitted(name) ? " fitted" : " held"), told);
        });
        return counts;
    }

    private static UnaryOperator<String> same() {
        return text -> text;
    }

    private static int headerEnd(String text) {
        int lf = text.indexOf("\n\n");
        int crlf = text.indexOf("\r\n\r\n");
        int end = lf < 0 ? crlf : crlf < 0 ? lf : Math.min(lf, crlf);
        return end < 0 ? text.length() : end;
    }

    private static String inHeader(String text, UnaryOperator<String> change) {
        int end = headerEnd(text);
        return change.apply(text.substring(0, end)) + text.substring(end);
    }

    /// Fields by their names, with their folded lines.
    private static String without(String header, String names) {
        return header.replaceAll("(?im)^(?:" + names + "):.*(?:\\r?\\n[ \\t].*)*\\r?\\n", "");
    }

    /// All dates go on by so many years.
    private static String later(String text, int years) {
        return inHeader(text, header -> {
            Matcher m = HEADER_YEAR.matcher(header);
            StringBuilder out = new StringBuilder();
            while (m.find()) {
                m.appendReplacement(
                        out,
                        Matcher.quoteReplacement(
                                m.group(1) + m.group(2) + (Integer.parseInt(m.group(3)) + years) + m.group(4)));
            }
            return m.appendTail(out).toString();
        });
    }

    /// The servers of the side that took the mail are called otherwise.
    private static String renamed(String text) {
        return inHeader(
                text,
                header -> header.replaceAll(
                                "(?i)[a-z0-9-]+(?:\\.[a-z0-9-]+)*\\.(?:prod\\.outlook\\.com|protection\\.outlook\\.com|outlook\\.office365\\.com)",
                                "mx7.mail-in.example")
                        .replaceAll(
                                "(?i)[a-z0-9-]+(?:\\.[a-z0-9-]+)*\\.(?:netnoteinc\\.com|slashnull\\.org|taint\\.org|jmason\\.org)",
                                "mx7.mail-in.example"));
    }

    private static String addressed(String text) {
        return text.replace("phishing@pot", "m.lenz@acme-works.com").replace("phish@pot", "m.lenz@acme-works.com");
    }

    private static String unjudged(String text) {
        return inHeader(
                text,
                header -> without(
                        header,
                        "Authentication-Results|ARC-[A-Za-z-]+|Received-SPF|X-MS-[A-Za-z0-9-]+|X-Microsoft[A-Za-z0-9-]*|X-SID-[A-Za-z]+|X-Sender-IP|X-Incoming[A-Za-z]+|X-EOP[A-Za-z]+"));
    }

    private static String judged(String text, String verdicts) {
        return "Authentication-Results: mx.mail-in.example; " + verdicts + "\n" + text;
    }

    @Test
    void phishIsFoundAndOrdinaryMailLeftAlone() throws IOException {
        Counts counts = counts(same(), same());
        assertEquals(
                1_000,
                counts.all.get("phishing")[1]
                        + counts.all.get("ham")[1]
                        + counts.all.get("hard-ham")[1]);
        assertTrue(counts.share("phishing") >= 0.95, counts::toString);
        assertTrue(counts.share("ham") <= 0.01, counts::toString);
        assertTrue(counts.share("hard-ham") <= 0.05, counts::toString);
        // What was not fitted to may not fall far behind.
        assertTrue(counts.share("phishing held") >= 0.94, counts::toString);
        assertTrue(counts.share("ham held") <= 0.01, counts::toString);
        assertTrue(counts.share("hard-ham held") <= 0.05, counts::toString);
    }

    @Test
    void nothingLeansOnWhatTheCorpusHappensToDifferBy() throws IOException {
        Counts plain = counts(same(), same());
        Map<String, Counts> changed = new LinkedHashMap<>();
        changed.put("dates", counts(t -> later(t, -20), t -> later(t, 22)));
        changed.put("servers", counts(MailCorpusTest::renamed, MailCorpusTest::renamed));
        changed.put("reader", counts(MailCorpusTest::addressed, MailCorpusTest::addressed));
        changed.put("no verdicts", counts(MailCorpusTest::unjudged, MailCorpusTest::unjudged));
        changed.put(
                "turned verdicts",
                counts(
                        t -> judged(unjudged(t), "spf=pass; dkim=pass; dmarc=pass"),
                        t -> judged(unjudged(t), "spf=fail; dkim=fail; dmarc=fail")));
        changed.put(
                "all",
                counts(
                        t -> addressed(renamed(later(unjudged(t), -20))),
                        t -> judged(renamed(later(t, 22)), "spf=fail; dkim=fail; dmarc=fail")));
        changed.forEach((what, counts) -> {
            String said = what + ": " + counts + " instead of " + plain;
            assertTrue(counts.share("phishing") >= plain.share("phishing") - 0.05, said);
            assertTrue(counts.share("ham") <= plain.share("ham") + 0.05, said);
            assertTrue(counts.share("hard-ham") <= plain.share("hard-ham") + 0.05, said);
            assertTrue(counts.share("phishing") >= 0.95, said);
            assertTrue(counts.share("ham") <= 0.01, said);
            assertTrue(counts.share("hard-ham") <= 0.05, said);
        });
    }
}
