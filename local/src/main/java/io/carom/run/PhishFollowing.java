package io.carom.run;

import io.carom.event.Finding;
import io.carom.event.SourceNames;
import io.carom.mail.Lists;
import io.carom.mail.structure.WebAddress;
import io.carom.observe.Address;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Hello;
import io.carom.observe.Observation.Launch;
import io.carom.observe.Observation.Lookup;
import io.carom.observe.Observation.Mail;
import io.carom.observe.Observation.Outcome;
import io.carom.observe.Observation.Request;
import io.carom.observe.Observation.SignIn;
import io.carom.observe.Origin;
import io.carom.trace.Suspicion;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What came of phishing mails: who opened a link or a file of one, who answered, who was signed in
/// from elsewhere afterwards.
///
/// Phishes are told while the line reads, observations afterwards in the order of their times, so that
/// every phish is known by then whatever file came first. Bounded: {@link #PHISHES} phishes,
/// {@link #FOUND} findings.
public final class PhishFollowing implements Consumer<Observation> {
    static final int PHISHES = 50_000;
    static final int FOUND = 5_000;
    private static final long HOUR = 3_600_000;
    private static final long AFTER = Duration.ofDays(14).toMillis();
    private static final long SIGN_IN = Duration.ofHours(72).toMillis();
    private static final int NETWORKS = 64;
    /// A file's name that is shorter is anything.
    private static final int NAME = 6;

    /// A mail that was found to be phishing, or may be.
    ///
    /// @param time when it was received; 0 if not known
    /// @param to who got it
    /// @param sure whether it is phishing, not only suspicious
    public record Phish(
            String client,
            long time,
            String messageId,
            String from,
            String subject,
            Set<String> to,
            List<String> urls,
            List<String> files,
            boolean sure,
            Finding.Evidence evidence) {}

    /// What somebody did.
    private record Deed(
            String kind,
            Phish phish,
            Origin origin,
            long time,
            String account,
            @Nullable Address src,
            String host,
            String detail,
            int severity,
            String technique) {}

    private int phishes;
    private final Map<String, List<Phish>> byHost = new HashMap<>();
    private final Map<String, List<Phish>> bySender = new HashMap<>();
    private final Map<String, List<Phish>> byReader = new HashMap<>();
    private final Map<String, List<Phish>> byFile = new HashMap<>();
    private final Set<String> longFiles = new HashSet<>();
    /// Networks from which readers of phishes signed in, by client and account.
    private final Map<String, Set<Long>> networks = new HashMap<>();
    /// Who opened or answered, by client and account.
    private final Map<String, Deed> touched = new HashMap<>();
    /// Clients whose logs show who opens what.
    private final Set<String> seen = new HashSet<>();
    private final Map<String, Deed> deeds = new LinkedHashMap<>();

    void phish(Phish phish) {
        if (phishes++ >= PHISHES) {
            return;
        }
        for (String url : phish.urls) {
            WebAddress address = WebAddress.of(url);
            if (address != null && address.isWeb() && !address.host().isEmpty()) {
                add(byHost, phish.client + " " + address.host(), phish);
            }
        }
        add(bySender, phish.client + " " + phish.from, phish);
        phish.to.forEach(to -> add(byReader, phish.client + " " + Suspicion.bare(to), phish));
        for (String file : phish.files) {
            if (file.length() >= NAME) {
                String name = file.toLowerCase(Locale.ROOT);
                add(byFile, phish.client + " " + name, phish);
                longFiles.add(name);
            }
        }
    }

    private static void add(Map<String, List<Phish>> to, String key, Phish phish) {
        List<Phish> list = to.computeIfAbsent(key, k -> new ArrayList<>());
        if (list.size() < 1_000 && !list.contains(phish)) {
            list.add(phish);
        }
    }

    @Override
    public void accept(Observation observation) {
        if (phishes == 0 || deeds.size() >= FOUND) {
            return;
        }
        switch (observation) {
            case Request r -> visited(r, r.host(), r.path(), r.account(), r.src(), "");
            case Hello h -> visited(h, h.serverName(), null, "", h.src(), "");
            case Lookup l -> visited(l, l.name(), null, "", l.src(), l.srcHost());
            case Mail m -> answered(m);
            case SignIn s -> signedIn(s);
            case Launch l -> launched(l);
            default -> {}
        }
    }

    private void visited(
            Observation o, String host, @Nullable String path, String account, @Nullable Address src, String name) {
        List<Phish> of = byHost.get(o.origin().client() + " " + host);
        if (of == null) {
            return;
        }
        for (Phish phish : of) {
            // What many use says nothing until the page itself was asked for.
            boolean shared = Lists.own().isShared(host);
            if (!isAfter(phish, o.time(), AFTER) || shared && !holdsPath(phish, host, path)) {
                continue;
            }
            String who = account.isEmpty() ? src == null ? name : src.text() : account;
            Deed deed = new Deed(
                    "opened", phish, o.origin(), o.time(), account, src, name, host, phish.sure ? 3 : 2, "T1204.001");
            keep(who, deed);
            seen.add(phish.client);
            if (!account.isEmpty()) {
                touched.putIfAbsent(phish.client + " " + Suspicion.bare(account), deed);
            }
            return;
        }
    }

    private static boolean holdsPath(Phish phish, String host, @Nullable String path) {
        if (path == null || path.length() < 2) {
            return false;
        }
        String bare = path.split("[?#]", 2)[0];
        return phish.urls.stream()
                .map(WebAddress::of)
                .anyMatch(a -> a != null
                        && a.host().equals(host)
                        && a.rest().split("[?#]", 2)[0].equals(bare));
    }

    private static boolean isAfter(Phish phish, long time, long most) {
        return phish.time == 0 || time >= phish.time - HOUR / 12 && time <= phish.time + most;
    }

    private void answered(Mail m) {
        for (String to : m.to()) {
            for (Phish phish : bySender.getOrDefault(m.origin().client() + " " + to, List.of())) {
                if (phish.to.contains(m.from())
                        && !m.messageId().equals(phish.messageId)
                        && isAfter(phish, m.time(), AFTER)) {
                    Deed deed = new Deed(
                            "answered",
                            phish,
                            m.origin(),
                            m.time(),
                            m.from(),
                            null,
                            "",
                            to,
                            phish.sure ? 4 : 3,
                            "T1598");
                    keep(m.from(), deed);
                    touched.putIfAbsent(phish.client + " " + Suspicion.bare(m.from()), deed);
                    return;
                }
            }
        }
    }

    private void signedIn(SignIn s) {
        Address src = s.src();
        if (src == null || s.account().isEmpty() || s.outcome() != Outcome.SUCCESS) {
            return;
        }
        String key = s.origin().client() + " " + Suspicion.bare(s.account());
        List<Phish> got = byReader.get(key);
        if (got == null) {
            return;
        }
        Set<Long> known = networks.computeIfAbsent(key, k -> new HashSet<>());
        boolean first = known.isEmpty();
        boolean fresh = known.size() < NETWORKS && known.add(src.network());
        if (!fresh || first || !isPublic(src)) {
            return;
        }
        for (Phish phish : got) {
            if (phish.time != 0 && s.time() >= phish.time && s.time() <= phish.time + SIGN_IN) {
                Deed before = touched.get(key);
                boolean opened = before != null && before.time <= s.time();
                // That a reader is somewhere new is nothing by itself: where logs show who opened the mail, only
                // theirs count.
                if (!opened && (!phish.sure || seen.contains(phish.client))) {
                    continue;
                }
                keep(
                        s.account(),
                        new Deed(
                                "signed in",
                                phish,
                                s.origin(),
                                s.time(),
                                s.account(),
                                src,
                                s.host(),
                                src.text(),
                                opened ? 5 : 2,
                                "T1078"));
                return;
            }
        }
    }

    private static boolean isPublic(Address address) {
        byte[] b = address.bytes();
        boolean four = true;
        for (int i = 0; i < 10; i++) {
            four &= b[i] == 0;
        }
        if (!four) {
            return (b[0] & 0xFE) != 0xFC && !(b[0] == (byte) 0xFE && (b[1] & 0xC0) == 0x80);
        }
        int first = b[12] & 255;
        int second = b[13] & 255;
        return !(first == 10
                || first == 127
                || first == 0
                || first == 172 && second >= 16 && second < 32
                || first == 192 && second == 168
                || first == 169 && second == 254
                || first == 100 && second >= 64 && second < 128);
    }

    private void launched(Launch l) {
        if (longFiles.isEmpty() || l.commandLine().isEmpty()) {
            return;
        }
        String line = l.commandLine().toLowerCase(Locale.ROOT);
        for (String file : words(line)) {
            List<Phish> of = longFiles.contains(file) ? byFile.get(l.origin().client() + " " + file) : null;
            for (Phish phish : of == null ? List.<Phish>of() : of) {
                if (isAfter(phish, l.time(), AFTER)) {
                    Deed deed = new Deed(
                            "opened",
                            phish,
                            l.origin(),
                            l.time(),
                            l.account(),
                            null,
                            l.host(),
                            file,
                            phish.sure ? 4 : 3,
                            "T1204.002");
                    keep(l.account() + "@" + l.host(), deed);
                    touched.putIfAbsent(phish.client + " " + Suspicion.bare(l.account()), deed);
                    return;
                }
            }
        }
    }

    /// Names of files in a command line: what stands between separators of paths and quotes, with and
    /// without what is behind blanks.
    private static Set<String> words(String line) {
        Set<String> names = new HashSet<>();
        for (String quoted : line.split("\"")) {
            names.add(quoted.substring(Math.max(quoted.lastIndexOf('\\'), quoted.lastIndexOf('/')) + 1));
            for (String word : quoted.split("\\s+")) {
                names.add(word.substring(Math.max(word.lastIndexOf('\\'), word.lastIndexOf('/')) + 1));
            }
        }
        return names;
    }

    private void keep(String who, Deed deed) {
        String key = deed.kind + "\0" + deed.phish.client + "\0" + deed.phish.messageId + "\0" + deed.phish.from + "\0"
                + who.toLowerCase(Locale.ROOT);
        deeds.putIfAbsent(key, deed);
    }

    /// How many things were done.
    public int deeds() {
        return deeds.size();
    }

    /// Tells what came of phishes, the earliest first.
    ///
    /// @param inputs by the numbers that observations name them by
    public void tell(List<Input> inputs, Behaviours.Records records, FindingSink sink) throws Exception {
        if (deeds.isEmpty()) {
            return;
        }
        Set<RecordStage.Place> wanted = new HashSet<>();
        deeds.values().forEach(d -> wanted.add(place(d.origin, inputs)));
        RecordStage fetched = records.fetch(wanted);
        List<Deed> all = new ArrayList<>(deeds.values());
        all.sort(java.util.Comparator.comparingLong(d -> d.time));
        for (Deed deed : all) {
            sink.found(finding(deed, inputs, fetched));
        }
    }

    private static RecordStage.Place place(Origin origin, List<Input> inputs) {
        Input input = inputs.get(origin.input());
        return new RecordStage.Place(input.path(), input.client(), origin.record());
    }

    private static Finding finding(Deed d, List<Input> inputs, RecordStage fetched) {
        RecordStage.Place place = place(d.origin, inputs);
        Finding.Evidence read = fetched.evidence(place);
        String subject = "\"" + cut(d.phish.subject) + "\" from " + cut(d.phish.from);
        String who = d.account.isEmpty() ? d.src == null ? d.host : d.src.text() : d.account;
        String title = switch (d.kind) {
            case "opened" -> who + " opened " + cut(d.detail) + " of a phishing mail: " + subject;
            case "answered" -> who + " answered a phishing mail: " + subject;
            default -> who + " was signed in from " + cut(d.detail) + " after a phishing mail: " + subject;
        };
        String message = "The mail (message id " + cut(d.phish.messageId) + ") came to "
                + cut(String.join(", ", new java.util.TreeSet<>(d.phish.to)))
                + (d.phish.sure ? "" : " and is suspicious, not surely phishing") + ". "
                + (d.kind.equals("signed in")
                        ? "The account was not used from that network before."
                        : "Harmless if whoever looked into the mail did it.");
        Finding.Evidence evidence = new Finding.Evidence(
                place.path(),
                place.record(),
                read == null ? SourceNames.name(d.origin.source()) : read.source(),
                d.origin.classUid(),
                d.src == null ? read == null ? null : read.srcAddress() : d.src.text(),
                read == null ? null : read.dstAddress(),
                d.host.isEmpty() ? read == null ? null : read.host() : d.host,
                d.account.isEmpty() ? read == null ? null : read.user() : d.account,
                read == null ? "" : read.nativeRecord());
        List<Finding.Observable> observables = new ArrayList<>();
        observables.add(new Finding.Observable("email.from", 5, cut(d.phish.from)));
        // The mail's readers write their account in other ways in other logs.
        if (!d.account.isEmpty()) {
            d.phish.to.stream()
                    .filter(t -> Suspicion.bare(t).equals(Suspicion.bare(d.account)))
                    .forEach(t -> observables.add(new Finding.Observable("email.to[]", 4, t)));
        }
        String uid = UUID.nameUUIDFromBytes(("mail " + d.kind + "\0" + d.phish.client + "\0" + d.phish.messageId + "\0"
                                + who + "\0" + place.path() + "\0" + place.record())
                        .getBytes(StandardCharsets.UTF_8))
                .toString();
        return new Finding(
                uid,
                MailStage.ANALYTIC + "-" + d.kind.replace(' ', '-'),
                title,
                message,
                d.severity,
                d.time,
                d.phish.client,
                List.of(evidence, d.phish.evidence),
                observables,
                // That a link was opened shows that the mail came in, not that somebody else did.
                d.technique.equals("T1204.002") ? List.of("T1204.002", "T1566.001") : List.of(d.technique));
    }

    private static String cut(String text) {
        return text.length() > 200 ? text.substring(0, 200) + "…" : text;
    }
}
