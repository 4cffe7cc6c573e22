package io.carom.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

final class MailCommandsTest {
    private static final String PHISH = """
            Return-Path: <a@acme-billing.com>
            Received: from x.acme-billing.com (x.acme-billing.com [203.0.113.9]) by mx.us.example; Mon, 2 Feb 2026 10:00:00 +0000
            From: Acme Support <a@acme-billing.com>
            To: jane@us.example
            Subject: Your account will be suspended
            Message-ID: <1@acme-billing.com>
            Date: Mon, 2 Feb 2026 10:00:00 +0000
            Content-Type: text/html

            <p>Dear customer, verify your account within 24 hours: <a href="https://acme.com.login-now.app/x">https://acme.com/login</a></p>
            """;
    private static final String HAM = """
            Received: from mail.acme.com (mail.acme.com [198.51.100.7]) by mx.us.example; Mon, 2 Feb 2026 10:00:00 +0000
            From: Jo Miller <jo@acme.com>
            To: jane@us.example
            Subject: Minutes of the meeting
            Message-ID: <2@acme.com>
            Date: Mon, 2 Feb 2026 10:00:00 +0000

            Hello Jane, the minutes are in the folder. Jo
            """;

    @TempDir
    Path home;

    private Path parties() throws IOException {
        return Files.writeString(home.resolve("p.yaml"), """
                parties:
                  - {name: us, role: us, domains: [us.example]}
                  - {name: acme, role: client, domains: [acme.com]}
                """);
    }

    private Program.Result run(String... arguments) {
        return fed("", arguments);
    }

    private Program.Result fed(String input, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add(2, "--home=" + home);
        return Program.plain(input, all.toArray(String[]::new));
    }

    @Test
    void aPhishIsToldWithItsReasonsInTheOrderOfTheirWeight() throws IOException {
        Path mail = Files.writeString(home.resolve("a.eml"), PHISH);
        Program.Result result = run(
                "mail", "scan", "--parties", parties().toString(), "--json", "--fail-on", "phishing", mail.toString());
        assertEquals(Exit.FOUND, result.exit(), result.err());
        JsonNode verdict = result.objects().getFirst();
        assertEquals("phishing", verdict.get("verdict").stringValue());
        assertEquals("1@acme-billing.com", verdict.get("message_id").stringValue());
        List<Double> weights = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        verdict.get("reasons").forEach(r -> {
            weights.add(Math.abs(r.get("weight").doubleValue()));
            ids.add(r.get("id").stringValue());
        });
        assertEquals(
                weights.stream().sorted(java.util.Comparator.reverseOrder()).toList(), weights);
        assertTrue(
                ids.containsAll(List.of("look-alike-sender-perhaps", "look-alike-link", "link-text-other")),
                ids::toString);
        assertEquals("unchecked", verdict.get("auth").get("spf").stringValue());
    }

    @Test
    void whatMailsAreLookedAtWithIsNoMailThoughItLiesAmongThem() throws IOException {
        Path folder = Files.createDirectories(home.resolve("mails"));
        Files.writeString(folder.resolve("b.eml"), HAM);
        Path dns = Files.writeString(folder.resolve("dns.zone"), "acme.com. 300 IN TXT \"v=spf1 -all\"\n");
        Path own = Files.copy(parties(), folder.resolve("who.yaml"));
        Program.Result result =
                run("mail", "scan", "--parties", own.toString(), "--dns", dns.toString(), "--json", folder.toString());
        assertEquals(Exit.DONE, result.exit(), result.err());
        assertEquals(1, result.objects().size(), result.out());
    }

    @Test
    void ordinaryMailIsCleanAndAFileThatIsNoMailIsTold() throws IOException {
        Path mail = Files.writeString(home.resolve("b.eml"), HAM);
        Path other = Files.writeString(home.resolve("c.txt"), "no mail at all\n");
        Program.Result result = run("mail", "scan", "--parties", parties().toString(), mail.toString());
        assertEquals(Exit.DONE, result.exit(), result.err());
        assertTrue(result.out().startsWith("[clean "), result.out());
        result = run("mail", "scan", mail.toString(), other.toString());
        assertEquals(Exit.SOME_REJECTED, result.exit());
        assertTrue(result.err().contains("no mail; expected a header"), result.err());
    }

    @Test
    void aMailboxThroughStandardInputIsReadMailByMail() throws IOException {
        String box = "From a@b.example Mon Feb  2 10:00:00 2026\n" + PHISH
                + "\nFrom c@d.example Mon Feb  2 11:00:00 2026\n" + HAM;
        Program.Result result = fed(box, "mail", "scan", "--parties", parties().toString(), "--json", "-");
        assertEquals(2, result.objects().size());
        assertEquals("phishing", result.objects().get(0).get("verdict").stringValue());
        assertEquals("clean", result.objects().get(1).get("verdict").stringValue());
        assertEquals(2, result.objects().get(1).get("record").intValue());
    }

    @Test
    void whatAMailSaysIsEscapedOnTheTerminal() throws IOException {
        Path mail = Files.writeString(home.resolve("d.eml"), PHISH.replace("Your account", "\u001b[2JYour account"));
        Program.Result result = run("mail", "scan", mail.toString());
        assertTrue(result.out().indexOf('\u001b') < 0, result.out());
        assertTrue(result.out().contains("\\u001b"), result.out());
    }

    @Test
    void recordedAnswersSayWhoStandsBehindAMail() throws IOException {
        Path zone = Files.writeString(home.resolve("z.zone"), """
                acme.com. 300 IN TXT "v=spf1 ip4:198.51.100.7 -all"
                _dmarc.acme.com TXT "v=DMARC1; p=reject"
                """);
        Path mail = Files.writeString(home.resolve("b.eml"), "Return-Path: <jo@acme.com>\n" + HAM);
        JsonNode auth = run("mail", "scan", "--json", "--dns", zone.toString(), mail.toString())
                .objects()
                .getFirst()
                .get("auth");
        assertEquals("pass", auth.get("spf").stringValue());
        assertEquals("pass", auth.get("dmarc").stringValue());
        Files.writeString(mail, "Return-Path: <jo@acme.com>\n" + HAM.replace("198.51.100.7", "203.0.113.7"));
        auth = run("mail", "scan", "--json", "--dns", zone.toString(), mail.toString())
                .objects()
                .getFirst()
                .get("auth");
        assertEquals("fail", auth.get("dmarc").stringValue());
    }

    /// Ten kinds of phish and a thousand benign mails of the same senders; seeds that no weight was
    /// made on.
    @Test
    void phishOfTenKindsAreToldFromMailsOfTheSameSenders() throws IOException {
        int phish = 0;
        int found = 0;
        int benign = 0;
        int alarms = 0;
        Map<String, int[]> kinds = new TreeMap<>();
        List<String> wrong = new ArrayList<>();
        for (String seed : List.of("101", "102")) {
            Path out = home.resolve("made" + seed);
            assertEquals(
                    Exit.DONE,
                    run("mail", "make", "--seed", seed, "--phish", "100", "--benign", "500", "--out", out.toString())
                            .exit());
            Map<String, String> truth = new TreeMap<>();
            Files.readAllLines(out.resolve("truth.csv"), StandardCharsets.UTF_8).stream()
                    .skip(1)
                    .forEach(l -> truth.put(l.split(",")[0], l.split(",")[1]));
            List<String> inOrder = new ArrayList<>(truth.keySet());
            inOrder.sort(java.util.Comparator.comparing(p -> p.substring(p.indexOf('/') + 1)));
            List<String> arguments = new ArrayList<>(List.of(
                    "mail",
                    "scan",
                    "--json",
                    "--quiet",
                    "--parties",
                    out.resolve("parties.yaml").toString(),
                    "--dns",
                    out.resolve("dns.zone").toString()));
            inOrder.forEach(p -> arguments.add(out.resolve(p).toString()));
            for (JsonNode verdict : run(arguments.toArray(String[]::new)).objects()) {
                String path = out.relativize(Path.of(verdict.get("path").stringValue()))
                        .toString();
                String kind = String.valueOf(truth.get(path));
                boolean told = !verdict.get("verdict").stringValue().equals("clean");
                int[] n = kinds.computeIfAbsent(kind, k -> new int[2]);
                n[0] += told ? 1 : 0;
                n[1]++;
                boolean is = !kind.equals("benign");
                phish += is ? 1 : 0;
                found += is && told ? 1 : 0;
                benign += is ? 0 : 1;
                alarms += !is && told ? 1 : 0;
                if (is != told) {
                    wrong.add(path + " " + verdict.get("score") + " "
                            + verdict.get("reasons").findValuesAsString("id"));
                }
            }
        }
        StringBuilder table = new StringBuilder();
        kinds.forEach((k, n) -> table.append(k)
                .append(' ')
                .append(n[0])
                .append(" of ")
                .append(n[1])
                .append('\n'));
        String said = table + String.join("\n", wrong);
        assertEquals(200, phish);
        assertEquals(1_000, benign);
        assertTrue(found >= 0.97 * phish, said);
        assertTrue(alarms <= 0.005 * benign, said);
    }
}
