package io.carom.run;

import io.carom.event.Finding;
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
import io.carom.trace.Suspicion;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What came of phishing mails: who opened a link or a file of one, who answered, who was signed in
/// from elsewhere afterwards.
///
/// Observations come in the order of their times. Where all is read first, every phish is told before them. In a live
/// line phishes come among them: each is held against what was done lately ({@link Doings}) when it comes, and against
/// what is done from then on. What is done goes to the first phish it may come of. Both ways say the same of the same
/// mails and deeds, within the bounds of what is remembered.
///
/// Bounded: {@link #PHISHES} phishes, {@link #FOUND} deeds. A live one forgets phishes after {@link #AFTER}.
public final class PhishFollowing implements Consumer<Observation> {
    static final int PHISHES = 50_000;
    static final int FOUND = 5_000;
    private static final long HOUR = 3_600_000;
    private static final long AFTER = Duration.ofDays(14).toMillis();
    private static final long SIGN_IN = Duration.ofHours(72).toMillis();
    private static final int NETWORKS = 64;
    private static final int ACCOUNTS = 1 << 17;
    private static final int HOSTS = 1 << 17;
    private static final int OTHERS = 1 << 15;
    private static final int RECIPIENTS = 50;
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
            Finding.Evidence evidence)
            implements Serializable {}

    private final Consumer<PhishDeed> told;
    private final boolean live;
    private final List<PhishDeed> deeds = new ArrayList<>();

    /// When each came.
    private final Map<Phish, Long> phishes = new LinkedHashMap<>();
    private final Map<String, List<Phish>> byHost = new HashMap<>();
    private final Map<String, List<Phish>> bySender = new HashMap<>();
    private final Map<String, List<Phish>> byReader = new HashMap<>();
    private final Map<String, List<Phish>> byFile = new HashMap<>();
    private final Set<String> longFiles = new HashSet<>();

    private final Doings visits = new Doings(HOSTS);
    private final Doings answers = new Doings(OTHERS);
    private final Doings openings = new Doings(OTHERS);
    /// By client and account; what is under a key is never changed, only replaced.
    private Map<String, Networks> networks = new LinkedHashMap<>(64, 0.75f, true);

    /// From where an account was used.
    ///
    /// @param later the first sign-in from each public network but the first of all
    record Networks(List<Long> known, List<Doing> later) implements Serializable {
        static final Networks NONE = new Networks(List.of(), List.of());
    }

    /// Since when somebody had opened or answered, by client and account.
    private final Map<String, Long> touched = new HashMap<>();
    /// Since when logs show who opens what, by client.
    private final Map<String, Long> seen = new HashMap<>();
    /// When what was told was done, by its key.
    private final Map<String, Long> done = new HashMap<>();

    private long now = Long.MIN_VALUE;
    private long pruned = Long.MIN_VALUE;

    /// For one run: phishes are told first.
    public PhishFollowing() {
        live = false;
        told = deeds::add;
    }

    /// For a live line.
    ///
    /// @param told of each deed as it is known
    PhishFollowing(Consumer<PhishDeed> told) {
        live = true;
        this.told = told;
    }

    // ---- phishes

    void phish(Phish phish) {
        if (phishes.size() >= PHISHES || phishes.putIfAbsent(phish, now) != null) {
            return;
        }
        enter(phish);
        if (live) {
            lookBack(phish);
        }
    }

    private void enter(Phish phish) {
        for (String host : hosts(phish)) {
            add(byHost, phish.client + " " + host, phish);
        }
        add(bySender, phish.client + " " + phish.from, phish);
        phish.to.forEach(to -> add(byReader, phish.client + " " + Suspicion.bare(to), phish));
        for (String file : files(phish)) {
            add(byFile, phish.client + " " + file, phish);
            longFiles.add(file);
        }
    }

    private static Set<String> hosts(Phish phish) {
        Set<String> out = new HashSet<>();
        for (String url : phish.urls) {
            WebAddress address = WebAddress.of(url);
            if (address != null && address.isWeb() && !address.host().isEmpty()) {
                out.add(address.host());
            }
        }
        return out;
    }

    private static List<String> files(Phish phish) {
        return phish.files.stream()
                .map(f -> f.toLowerCase(Locale.ROOT))
                .filter(PhishFollowing::isName)
                .distinct()
                .toList();
    }

    /// Whether it may be told by its name: `invoice.doc`, not `a.b`, `update` or `1.2.3`.
    private static boolean isName(String file) {
        return isName(file, 0, file.length());
    }

    private static boolean isName(String text, int from, int until) {
        if (until - from < NAME) {
            return false;
        }
        boolean letter = false;
        for (int i = until - 1; i > from && i >= until - 6; i--) {
            char c = text.charAt(i);
            if (c == '.') {
                return letter && i < until - 2;
            }
            if ((c < 'a' || c > 'z') && (c < '0' || c > '9')) {
                return false;
            }
            letter |= c >= 'a';
        }
        return false;
    }

    private static void add(Map<String, List<Phish>> to, String key, Phish phish) {
        List<Phish> list = to.computeIfAbsent(key, k -> new ArrayList<>());
        if (list.size() < 1_000) {
            list.add(phish);
        }
    }

    /// Holds a phish against what was done before it was known.
    private void lookBack(Phish phish) {
        Map<Doing, String> all = new LinkedHashMap<>();
        for (String url : phish.urls) {
            WebAddress address = WebAddress.of(url);
            if (address != null && address.isWeb() && !address.host().isEmpty()) {
                String key = phish.client + " " + visited(address.host(), bare(address.rest()));
                visits.of(key).forEach(d -> all.put(d, key));
            }
        }
        String sender = phish.client + " " + phish.from;
        answers.of(sender).forEach(d -> all.put(d, sender));
        for (String file : files(phish)) {
            String key = phish.client + " " + file;
            openings.of(key).forEach(d -> all.put(d, key));
        }
        List<Map.Entry<Doing, String>> order = new ArrayList<>(all.entrySet());
        order.sort(Comparator.comparingLong(e -> e.getKey().time()));
        Set<String> accounts = new HashSet<>();
        for (Map.Entry<Doing, String> one : order) {
            Doing doing = one.getKey();
            if (isOf(doing, phish)) {
                did(doing, phish);
                of(doing.kind()).remove(one.getValue(), doing);
                accounts.add(phish.client + " " + Suspicion.bare(doing.account()));
            }
        }
        phish.to.forEach(to -> accounts.add(phish.client + " " + Suspicion.bare(to)));
        for (String account : accounts) {
            for (Doing later : networks.getOrDefault(account, Networks.NONE).later) {
                signedIn(account, later);
            }
        }
    }

    private Doings of(Doing.Kind kind) {
        return kind == Doing.Kind.VISITED ? visits : kind == Doing.Kind.ANSWERED ? answers : openings;
    }

    // ---- what is done

    @Override
    public void accept(Observation observation) {
        if (live) {
            now = Math.max(now, observation.time());
            if (now - HOUR > pruned) {
                prune();
            }
        } else if (phishes.isEmpty()) {
            return;
        }
        if (!live && done.size() >= FOUND) {
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

    /// Lays what was done to the first phish it may come of.
    ///
    /// @return whether there is one
    private boolean laid(Doing doing, List<Phish> phishes) {
        for (Phish phish : phishes) {
            if (isOf(doing, phish)) {
                did(doing, phish);
                return true;
            }
        }
        return false;
    }

    private static boolean isOf(Doing d, Phish phish) {
        if (!isAfter(phish, d.time(), AFTER)) {
            return false;
        }
        return switch (d.kind()) {
            // What many use says nothing until the page itself was asked for.
            case VISITED -> !Lists.own().isShared(d.value()) || holdsPath(phish, d.value(), d.more());
            case ANSWERED -> phish.to.contains(d.account()) && !d.more().equals(phish.messageId);
            case OPENED -> true;
            case SIGNED_IN -> false;
        };
    }

    private static boolean holdsPath(Phish phish, String host, String path) {
        if (path.length() < 2) {
            return false;
        }
        String bare = bare(path);
        return phish.urls.stream()
                .map(WebAddress::of)
                .anyMatch(a ->
                        a != null && a.host().equals(host) && bare(a.rest()).equals(bare));
    }

    private static String bare(String path) {
        for (int i = 0; i < path.length(); i++) {
            if (path.charAt(i) == '?' || path.charAt(i) == '#') {
                return path.substring(0, i);
            }
        }
        return path;
    }

    private static boolean isAfter(Phish phish, long time, long most) {
        return phish.time == 0 || time >= phish.time - HOUR / 12 && time <= phish.time + most;
    }

    private void did(Doing d, Phish phish) {
        int sure = phish.sure ? 1 : 0;
        PhishDeed deed = switch (d.kind()) {
            case VISITED -> deed("opened", d, phish, 2 + sure, "T1204.001");
            case ANSWERED -> deed("answered", d, phish, 3 + sure, "T1598");
            case OPENED -> deed("opened", d, phish, 3 + sure, "T1204.002");
            case SIGNED_IN -> throw new IllegalArgumentException("a sign-in is no deed by itself");
        };
        if (d.kind() == Doing.Kind.VISITED) {
            seen.merge(phish.client, d.time(), Math::min);
        }
        if (!d.account().isEmpty()) {
            touched.merge(phish.client + " " + Suspicion.bare(d.account()), d.time(), Math::min);
        }
        tell(deed);
    }

    private static PhishDeed deed(String kind, Doing d, Phish phish, int severity, String technique) {
        return new PhishDeed(
                kind,
                phish,
                d.who(),
                d.origin(),
                d.time(),
                d.account(),
                d.src(),
                d.host(),
                d.value(),
                severity,
                technique);
    }

    private void tell(PhishDeed deed) {
        if (done.size() < FOUND && done.putIfAbsent(deed.key(), deed.time()) == null) {
            told.accept(deed);
        }
    }

    /// By what a visit is known: of what many use, the page.
    private static String visited(String host, String bare) {
        return Lists.own().isShared(host) ? host + bare : host;
    }

    private void visited(
            Observation o, String host, @Nullable String path, String account, @Nullable Address src, String name) {
        if (host.isEmpty()) {
            return;
        }
        String client = o.origin().client();
        List<Phish> of = byHost.get(client + " " + host);
        if (of == null && !live) {
            return;
        }
        Doing doing =
                new Doing(Doing.Kind.VISITED, o.origin(), o.time(), account, src, name, host, path == null ? "" : path);
        if (of != null && laid(doing, of)) {
            return;
        }
        boolean page = path != null && path.length() > 1;
        if (live && (page || !Lists.own().isShared(host))) {
            visits.add(client + " " + visited(host, bare(doing.more())), doing);
        }
    }

    private void answered(Mail m) {
        String client = m.origin().client();
        List<Doing> all = new ArrayList<>();
        for (String to : m.to()) {
            Doing doing = new Doing(Doing.Kind.ANSWERED, m.origin(), m.time(), m.from(), null, "", to, m.messageId());
            if (laid(doing, bySender.getOrDefault(client + " " + to, List.of()))) {
                return;
            }
            all.add(doing);
        }
        if (live && all.size() <= RECIPIENTS) {
            all.forEach(d -> answers.add(client + " " + d.value(), d));
        }
    }

    private void launched(Launch l) {
        if (!live && longFiles.isEmpty() || l.commandLine().isEmpty()) {
            return;
        }
        String client = l.origin().client();
        List<Doing> all = new ArrayList<>();
        for (String file : words(l.commandLine().toLowerCase(Locale.ROOT))) {
            if (live || longFiles.contains(file)) {
                Doing doing = new Doing(Doing.Kind.OPENED, l.origin(), l.time(), l.account(), null, l.host(), file, "");
                if (laid(doing, byFile.getOrDefault(client + " " + file, List.of()))) {
                    return;
                }
                all.add(doing);
            }
        }
        if (live) {
            all.forEach(d -> openings.add(client + " " + d.value(), d));
        }
    }

    /// Names of files in a command line: what stands between separators of paths and quotes, with and
    /// without what is behind blanks.
    private static Set<String> words(String line) {
        Set<String> names = new HashSet<>();
        int quoted = 0;
        int word = 0;
        for (int i = 0; i <= line.length(); i++) {
            char c = i < line.length() ? line.charAt(i) : '"';
            if (c == '"') {
                file(line, quoted, i, names);
            }
            if (c == '"' || c == ' ' || c >= '\t' && c <= '\r') {
                file(line, word, i, names);
                word = i + 1;
            }
            quoted = c == '"' ? i + 1 : quoted;
        }
        return names;
    }

    /// Takes what is behind the last separator of a path, if it is the name of a file.
    private static void file(String line, int from, int until, Set<String> names) {
        int name = until;
        while (name > from && line.charAt(name - 1) != '\\' && line.charAt(name - 1) != '/') {
            name--;
        }
        if (isName(line, name, until)) {
            names.add(line.substring(name, until));
        }
    }

    private void signedIn(SignIn s) {
        Address src = s.src();
        if (src == null || s.account().isEmpty() || s.outcome() != Outcome.SUCCESS) {
            return;
        }
        String key = s.origin().client() + " " + Suspicion.bare(s.account());
        if (!live && !byReader.containsKey(key)) {
            return;
        }
        Networks of = networks.getOrDefault(key, Networks.NONE);
        if (of.known.size() >= NETWORKS || of.known.contains(src.network())) {
            return;
        }
        List<Long> known = new ArrayList<>(of.known);
        known.add(src.network());
        List<Doing> later = of.later;
        Doing doing = new Doing(Doing.Kind.SIGNED_IN, s.origin(), s.time(), s.account(), src, s.host(), src.text(), "");
        boolean another = !of.known.isEmpty() && isPublic(src);
        if (another) {
            later = new ArrayList<>(later);
            later.add(doing);
        }
        if (of.known.isEmpty() && networks.size() >= ACCOUNTS) {
            networks.remove(networks.keySet().iterator().next());
        }
        networks.put(key, new Networks(List.copyOf(known), List.copyOf(later)));
        if (another) {
            signedIn(key, doing);
        }
    }

    private void signedIn(String key, Doing d) {
        for (Phish phish : byReader.getOrDefault(key, List.of())) {
            if (phish.time != 0 && d.time() >= phish.time && d.time() <= phish.time + SIGN_IN) {
                boolean opened = touched.getOrDefault(key, Long.MAX_VALUE) <= d.time();
                // That a reader is somewhere new is nothing by itself: where logs show who opened the mail, only
                // theirs count.
                if (opened || phish.sure && seen.getOrDefault(phish.client, Long.MAX_VALUE) > d.time()) {
                    tell(deed("signed in", d, phish, opened ? 5 : 2, "T1078"));
                    return;
                }
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

    // ---- what is forgotten, and kept

    /// What came so long ago that nothing more is laid to it is forgotten.
    private void prune() {
        pruned = now;
        long before = now - AFTER - SIGN_IN;
        if (phishes.entrySet().removeIf(e -> Math.max(e.getKey().time, e.getValue()) < before)) {
            byHost.clear();
            bySender.clear();
            byReader.clear();
            byFile.clear();
            longFiles.clear();
            phishes.keySet().forEach(this::enter);
        }
        touched.values().removeIf(t -> t < before);
        seen.values().removeIf(t -> t < before);
        done.values().removeIf(t -> t < before);
    }

    /// How many things were done.
    public int deeds() {
        return done.size();
    }

    /// Tells what came of phishes, the earliest first.
    ///
    /// @param inputs by the numbers that observations name them by
    public void tell(List<Input> inputs, Behaviours.Records records, FindingSink sink) throws Exception {
        if (deeds.isEmpty()) {
            return;
        }
        Set<RecordStage.Place> wanted = new HashSet<>();
        deeds.forEach(d -> wanted.add(Behaviours.place(d.origin(), inputs::get)));
        RecordStage fetched = records.fetch(wanted);
        deeds.sort(Comparator.comparingLong(PhishDeed::time));
        for (PhishDeed deed : deeds) {
            sink.found(deed.finding(inputs::get, fetched));
        }
    }

    /// All that is remembered, as it is now; another thread may write it.
    Remembered remembered() {
        return new Remembered(
                now,
                new LinkedHashMap<>(phishes),
                visits.now(),
                answers.now(),
                openings.now(),
                new LinkedHashMap<>(networks),
                new TreeMap<>(touched),
                new TreeMap<>(seen),
                new HashMap<>(done));
    }

    /// What was remembered at one moment.
    record Remembered(
            long now,
            Map<Phish, Long> phishes,
            Map<String, List<Doing>> visits,
            Map<String, List<Doing>> answers,
            Map<String, List<Doing>> openings,
            Map<String, Networks> networks,
            Map<String, Long> touched,
            Map<String, Long> seen,
            Map<String, Long> done) {
        void save(ObjectOutputStream out) throws IOException {
            out.writeLong(now);
            out.writeObject(phishes);
            out.reset();
            Doings.save(visits, out);
            Doings.save(answers, out);
            Doings.save(openings, out);
            out.writeInt(networks.size());
            for (Map.Entry<String, Networks> one : networks.entrySet()) {
                out.writeUTF(one.getKey());
                out.writeObject(one.getValue());
            }
            out.reset();
            out.writeObject(touched);
            out.writeObject(seen);
            out.writeObject(done);
            out.reset();
        }
    }

    /// Goes on with what was remembered.
    @SuppressWarnings("unchecked")
    void load(ObjectInputStream in) throws IOException, ClassNotFoundException {
        now = in.readLong();
        phishes.putAll((Map<Phish, Long>) in.readObject());
        phishes.keySet().forEach(this::enter);
        visits.load(in);
        answers.load(in);
        openings.load(in);
        networks = new LinkedHashMap<>(64, 0.75f, true);
        for (int i = in.readInt(); i > 0; i--) {
            networks.put(in.readUTF(), (Networks) in.readObject());
        }
        touched.putAll((Map<String, Long>) in.readObject());
        seen.putAll((Map<String, Long>) in.readObject());
        done.putAll((Map<String, Long>) in.readObject());
    }
}
