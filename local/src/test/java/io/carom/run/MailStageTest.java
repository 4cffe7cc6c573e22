package io.carom.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.event.Finding;
import io.carom.lake.Ingest;
import io.carom.mail.KnownIndicators;
import io.carom.mail.MailScanner;
import io.carom.mail.Reasons;
import io.carom.mail.auth.Authentication;
import io.carom.mail.name.OwnName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MailStageTest {
    private static String phish(String host) {
        return "Return-Path: <hr@" + host + ">\nReceived: from " + host + " (" + host
                + " [203.0.113.9]) by mx.acme.com; Sat, 9 Mar 2019 04:00:00 +0000\nFrom: HR <hr@" + host
                + ">\nTo: jane@acme.com, jo@acme.com\nSubject: Encrypted message\nMessage-ID: <1@" + host
                + ">\nDate: Sat, 9 Mar 2019 04:00:00 +0000\n\nRead it: https://" + host + "/read\n";
    }

    /// A proxy's record, of 9 March 2019 at 04:30:51.
    private static String request(String address, String host) {
        return "1552105851.100 120 " + address + " TCP_MISS/200 4512 GET http://" + host
                + "/read - HIER_DIRECT/192.0.2.7 text/html\n";
    }

    private static List<Finding> run(Path dir) throws Exception {
        List<Finding> findings = new ArrayList<>();
        PhishFollowing following = new PhishFollowing();
        MailStage mails = new MailStage(
                new MailScanner.Settings(
                        Reasons.own(),
                        List.of(new OwnName("acme", "client", List.of("acme.com"))),
                        Authentication.Settings.NONE,
                        KnownIndicators.NONE),
                following,
                findings::add);
        try (ObservationStage observations = new ObservationStage(List.of(following), () -> {})) {
            Ingest.read(
                    path -> path.contains("other") ? "other" : "acme",
                    History.NONE,
                    List.of(mails, observations),
                    List.of(dir.toString()));
            following.tell(observations.inputs(), wanted -> new RecordStage(wanted), findings::add);
        }
        return findings;
    }

    @Test
    void aPhishIsAFindingForEachReaderAndSoIsWhoOpenedIt(@TempDir Path dir) throws Exception {
        String host = "securemail.acme.com.internal-message.app";
        // The proxy's log is read before the mail.
        Files.writeString(
                dir.resolve("a-squid.log"), request("10.20.3.4", host) + request("10.20.3.5", "www.acme.com"));
        Files.writeString(dir.resolve("b.eml"), phish(host));
        List<Finding> findings = run(dir);
        TreeSet<String> readers = new TreeSet<>();
        findings.stream()
                .filter(f -> f.analytic().equals("carom.mail"))
                .forEach(f -> readers.add(String.valueOf(f.evidence().user())));
        assertEquals(new TreeSet<>(List.of("jane@acme.com", "jo@acme.com")), readers);
        List<Finding> opened = findings.stream()
                .filter(f -> f.analytic().equals("carom.mail-opened"))
                .toList();
        assertEquals(1, opened.size());
        assertEquals("10.20.3.4", opened.getFirst().evidence().srcAddress());
        assertTrue(opened.getFirst().title().contains("Encrypted message"));
    }

    @Test
    void aPhishThatAReaderReportsIsThePhishAndNotTheReport(@TempDir Path dir) throws Exception {
        String host = "securemail.acme.com.internal-message.app";
        Files.writeString(
                dir.resolve("a.eml"),
                "From: Jane <jane@acme.com>\nTo: report@acme.com\nSubject: Fwd: Encrypted message\nMessage-ID:"
                        + " <r@acme.com>\nDate: Sat, 9 Mar 2019 07:00:00 +0000\nMIME-Version: 1.0\nContent-Type:"
                        + " multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nIs this for real?\n--b\n"
                        + "Content-Type: message/rfc822\n\n" + phish(host) + "\n--b--\n");
        Files.writeString(dir.resolve("squid.log"), request("10.20.3.4", host));
        List<Finding> findings = run(dir);
        assertEquals(
                new TreeSet<>(List.of("jane@acme.com", "jo@acme.com")),
                findings.stream()
                        .filter(f -> f.analytic().equals("carom.mail"))
                        .map(f -> String.valueOf(f.evidence().user()))
                        .collect(java.util.stream.Collectors.toCollection(TreeSet::new)));
        assertTrue(findings.stream().noneMatch(f -> f.title().contains("report@")), findings::toString);
        // It was opened before it was reported: the mail's own time counts.
        assertEquals(
                1,
                findings.stream()
                        .filter(f -> f.analytic().equals("carom.mail-opened"))
                        .count());
    }

    @Test
    void whatAnotherClientOpensIsNotLaidToThisOnesMail(@TempDir Path dir) throws Exception {
        String host = "securemail.acme.com.internal-message.app";
        Files.createDirectories(dir.resolve("other"));
        Files.writeString(dir.resolve("other/squid.log"), request("10.20.3.4", host));
        Files.writeString(dir.resolve("b.eml"), phish(host));
        assertTrue(run(dir).stream().noneMatch(f -> f.analytic().equals("carom.mail-opened")));
    }

    @Test
    void aPlaceThatEverybodyUsesCountsByItsPageAlone(@TempDir Path dir) throws Exception {
        String mail = phish("acme.com.bad-host.app")
                .replace("https://acme.com.bad-host.app/read", "https://storage.googleapis.com/bad/page.html");
        Files.writeString(dir.resolve("b.eml"), mail);
        Files.writeString(dir.resolve("squid.log"), request("10.20.3.4", "storage.googleapis.com"));
        assertTrue(run(dir).stream().noneMatch(f -> f.analytic().equals("carom.mail-opened")));
        Files.writeString(
                dir.resolve("squid.log"),
                request("10.20.3.4", "storage.googleapis.com").replace("/read", "/bad/page.html"));
        assertEquals(
                1,
                run(dir).stream()
                        .filter(f -> f.analytic().equals("carom.mail-opened"))
                        .count());
    }
}
