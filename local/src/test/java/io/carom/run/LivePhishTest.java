package io.carom.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.cases.KeptFindings;
import io.carom.detect.behaviour.Thresholds;
import io.carom.event.Finding;
import io.carom.lake.Ingest;
import io.carom.mail.KnownIndicators;
import io.carom.mail.MailScanner;
import io.carom.mail.Reasons;
import io.carom.mail.auth.Authentication;
import io.carom.mail.name.OwnName;
import io.carom.party.Parties;
import io.carom.source.Sources;
import io.carom.spool.Spool;
import io.carom.spool.SpoolEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What came of phishing mails, as it comes, beside what is said of the same logs when all is read.
class LivePhishTest {
    private static final String HOST = "securemail.acme.com.internal-message.app";
    private static final Instant GOT =
            Instant.now().minus(Duration.ofHours(5)).truncatedTo(java.time.temporal.ChronoUnit.SECONDS);
    private static final DateTimeFormatter MAIL = DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    @TempDir
    Path dir;

    /// Something that is received.
    private record Sent(String name, String format, String body) {}

    private static Instant after(int minutes) {
        return GOT.plus(Duration.ofMinutes(minutes));
    }

    private static Sent phish(int number) {
        String mail = """
                Return-Path: <hr@%1$s>
                Received: from %1$s (%1$s [203.0.113.9]) by mx.acme.com; %2$s
                From: HR <hr@%1$s>
                To: jane@acme.com, jo@acme.com, jim@acme.com
                Subject: Encrypted message %3$d
                Message-ID: <%3$d@%1$s>
                Date: %2$s
                MIME-Version: 1.0
                Content-Type: multipart/mixed; boundary=part

                --part
                Content-Type: text/plain

                Read it: https://%1$s/read/%3$d
                --part
                Content-Type: application/vnd.ms-word.document.macroEnabled.12; name="payment-%3$d.docm"
                Content-Disposition: attachment; filename="payment-%3$d.docm"
                Content-Transfer-Encoding: base64

                UEsDBBQAAAAIAAAA
                --part--
                """.formatted(HOST, MAIL.format(GOT), number);
        return new Sent("phish" + number + ".eml", "eml", mail);
    }

    private static Sent answer(int minutes) {
        return new Sent("answer.eml", "eml", """
                From: Jim <jim@acme.com>
                To: HR <hr@%1$s>
                Subject: Re: Encrypted message
                Message-ID: <answer@acme.com>
                Date: %2$s

                I cannot open it.
                """.formatted(HOST, MAIL.format(after(minutes))));
    }

    private static Sent request(int minutes, String address, String user, String host) {
        return new Sent(
                "squid.log",
                "squid",
                after(minutes).getEpochSecond() + ".100 120 " + address + " TCP_MISS/200 4512 GET http://" + host
                        + "/read " + user + " HIER_DIRECT/192.0.2.7 text/html\n");
    }

    private static Sent signIn(int minutes, String user, String from) {
        return new Sent(
                "sshd.log",
                "",
                "<38>1 " + after(minutes) + " gate sshd 42 - - Accepted password for " + user + " from " + from
                        + " port 40000 ssh2\n");
    }

    private static Sent launch(int minutes, String host, String user, String command) {
        return new Sent(
                "sysmon.json",
                "",
                "{\"EventID\":1,\"Channel\":\"Microsoft-Windows-Sysmon/Operational\",\"Provider_Name\":"
                        + "\"Microsoft-Windows-Sysmon\",\"Computer\":\"" + host + "\",\"@timestamp\":\""
                        + after(minutes) + "\",\"UtcTime\":\""
                        + after(minutes).toString().replace('T', ' ').replace("Z", ".000")
                        + "\",\"ProcessId\":\"77\",\"Image\":\"C:\\\\Office\\\\winword.exe\",\"CommandLine\":\""
                        + command + "\",\"User\":\"ACME\\\\" + user + "\",\"ParentImage\":\"C:\\\\explorer.exe\"}\n");
    }

    /// What goes on in the hours around the mail, by time.
    private static List<Sent> deeds() {
        return List.of(
                signIn(-200, "jane", "10.1.1.5"),
                signIn(-190, "jo", "10.1.1.6"),
                signIn(-180, "jim", "10.1.1.7"),
                request(-170, "10.1.1.5", "jane", "www.example.org"),
                request(10, "10.1.1.5", "jane", HOST),
                request(11, "10.1.1.5", "jane", HOST),
                request(12, "10.1.1.9", "-", HOST),
                launch(15, "ws6", "jo", "winword.exe \\\"C:\\\\Users\\\\jo\\\\payment-1.docm\\\""),
                answer(20),
                signIn(30, "jane", "198.51.100.7"),
                signIn(40, "jim", "198.51.100.8"),
                signIn(50, "jo", "10.1.1.60"),
                signIn(60, "jane", "198.51.100.7"),
                request(70, "10.1.1.5", "jane", "www.example.org"));
    }

    private static MailStage stage(FindingSink sink, PhishFollowing following) {
        return new MailStage(
                new MailScanner.Settings(
                        Reasons.own(),
                        List.of(new OwnName("acme", "client", List.of("acme.com"))),
                        Authentication.Settings.NONE,
                        KnownIndicators.NONE),
                following,
                sink);
    }

    private static String words(Finding f) {
        return f.analytic() + " | " + f.title() + " | " + f.severityId() + " | " + f.time() + " | "
                + f.evidence().user() + " | " + f.evidence().srcAddress() + " | " + f.attacks() + " | "
                + (f.analytic().equals("carom.mail") ? "" : f.uid());
    }

    /// What is said when all is read.
    private TreeSet<String> whole(List<Sent> all) throws Exception {
        Path logs = Files.createDirectories(dir.resolve("logs"));
        for (Sent sent : all) {
            Files.writeString(
                    logs.resolve(sent.name),
                    sent.body,
                    java.nio.file.StandardOpenOption.CREATE,
                    java.nio.file.StandardOpenOption.APPEND);
        }
        List<Finding> findings = new ArrayList<>();
        PhishFollowing following = new PhishFollowing();
        MailStage mails = stage(findings::add, following);
        try (ObservationStage observations = new ObservationStage(List.of(following), () -> {})) {
            Ingest.read(path -> "acme", History.NONE, List.of(mails, observations), List.of(logs.toString()));
            following.tell(observations.inputs(), RecordStage::new, findings::add);
        }
        return findings.stream().map(LivePhishTest::words).collect(Collectors.toCollection(TreeSet::new));
    }

    private final List<String> notes = Collections.synchronizedList(new ArrayList<>());

    private Path home() {
        return dir.resolve("home");
    }

    private Spool spool() throws IOException {
        return Spool.open(
                LiveLine.spoolOf(home()),
                new Spool.Limits(64 << 10, 1 << 30, 0, 1 << 20),
                InstantSource.system(),
                notes::add);
    }

    private LiveLine start(Spool spool) throws Exception {
        return LiveLine.start(
                new LiveSettings(
                        home(),
                        Sources.installed(),
                        Parties.NONE,
                        "",
                        sink -> List.of(stage(sink, new PhishFollowing())),
                        List.of(),
                        Thresholds.own(),
                        value -> null,
                        Duration.ofMillis(50),
                        Duration.ofMillis(20),
                        InstantSource.system(),
                        notes::add),
                spool,
                List.of());
    }

    private static void send(Spool spool, LiveLine line, Sent sent) throws Exception {
        spool.append(new SpoolEntry(
                "acme",
                sent.name,
                sent.format,
                "192.0.2.1",
                System.currentTimeMillis(),
                sent.body.getBytes(StandardCharsets.UTF_8)));
        // What is sent next happened later: it is not to overtake this one.
        while (line.state().detectionLag() > 0
                || line.state().waitingObservations() > 0
                || line.state().heldObservations() > 0) {
            Thread.onSpinWait();
        }
    }

    private List<String> found() throws IOException {
        try (KeptFindings kept = KeptFindings.open(home())) {
            return kept.after("acme", 0, 100_000).stream()
                    .map(k -> words(k.finding()))
                    .sorted()
                    .toList();
        }
    }

    /// The mail at one place among the deeds, and restarts at others.
    private List<String> live(int at, List<Integer> restarts) throws Exception {
        List<Sent> all = new ArrayList<>(deeds());
        all.add(at, phish(1));
        int from = 0;
        List<Integer> stops = new ArrayList<>(restarts);
        stops.add(all.size());
        for (int stop : stops) {
            try (Spool spool = spool();
                    LiveLine line = start(spool)) {
                for (; from < stop; from++) {
                    send(spool, line, all.get(from));
                }
            }
        }
        assertEquals(List.of(), notes);
        return found();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 7, 10, 14})
    void beforeOrAfterWhatCameOfItItIsTheSameStory(int at) throws Exception {
        List<Sent> all = new ArrayList<>(deeds());
        all.add(phish(1));
        TreeSet<String> whole = whole(all);
        assertEquals(
                new TreeSet<>(
                        List.of("carom.mail", "carom.mail-answered", "carom.mail-opened", "carom.mail-signed-in")),
                whole.stream().map(w -> w.substring(0, w.indexOf(' '))).collect(Collectors.toCollection(TreeSet::new)));
        assertEquals(List.copyOf(whole), live(at, List.of()));
    }

    @Test
    void restartsLoseNothingOfItAndTellNothingTwice() throws Exception {
        List<Sent> all = new ArrayList<>(deeds());
        all.add(phish(1));
        assertEquals(List.copyOf(whole(all)), live(9, List.of(3, 8, 10, 12)));
    }

    @Test
    void withoutItsStateItReadsTheSpoolAgainAndTellsNothingTwice() throws Exception {
        List<String> first = live(7, List.of());
        Files.delete(home().resolve("live").resolve("detection.state"));
        try (Spool spool = spool();
                LiveLine line = start(spool)) {
            send(spool, line, request(80, "10.1.1.5", "jane", HOST));
        }
        assertEquals(first, found());
    }

    @Test
    void aMailReportedByTwoIsOneStory() throws Exception {
        List<Sent> all = new ArrayList<>(deeds());
        all.add(phish(1));
        whole(all);
        List<String> once = live(14, List.of());
        try (Spool spool = spool();
                LiveLine line = start(spool)) {
            send(spool, line, phish(1));
        }
        List<String> twice = found();
        assertEquals(
                once.stream().filter(w -> !w.startsWith("carom.mail |")).toList(),
                twice.stream().filter(w -> !w.startsWith("carom.mail |")).toList());
        assertTrue(twice.size() >= once.size());
    }
}
