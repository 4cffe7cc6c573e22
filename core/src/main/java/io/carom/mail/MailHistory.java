package io.carom.mail;

import io.carom.mail.sign.Signs;
import io.carom.mail.sign.View;
import io.carom.mail.structure.PageReading;
import io.carom.source.mail.Hop;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What mails said before: who writes, how and by which way, which conversations there are, what
/// was made alike.
///
/// Mails are best learned in the order in which they came. Bounded: {@link #SENDERS} senders,
/// {@link #THREADS} mails and {@link #SHAPES} makes are remembered, those longest unseen are
/// forgotten. Not safe for many threads.
public final class MailHistory implements Serializable {
    private static final long serialVersionUID = 1;

    static final int SENDERS = 50_000;
    static final int THREADS = 100_000;
    static final int SHAPES = 20_000;
    /// Before so many mails nobody is new.
    private static final int EARLY = 50;

    private static final Pattern NAMED = Pattern.compile("\"?([^\"<>,;]{3,80})\"?\\s*<([^<>\\s]{3,200})>");
    private static final int OFTEN = 5;
    private static final int HELD = 16;
    /// A page of fewer elements is alike by chance.
    private static final int ELEMENTS = 20;

    private static final class Sender implements Serializable {
        private static final long serialVersionUID = 1;

        int mails;
        final Set<String> ways = new LinkedHashSet<>();
        final Set<String> programs = new LinkedHashSet<>();
        final Set<String> places = new LinkedHashSet<>();
        final Set<String> answers = new LinkedHashSet<>();
    }

    private static final class Bounded<V> extends LinkedHashMap<String, V> {
        private static final long serialVersionUID = 1;
        private final int most;

        Bounded(int most) {
            super(64, 0.75f, true);
            this.most = most;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
            return size() > most;
        }
    }

    private final Map<String, Sender> senders = new Bounded<>(SENDERS);
    private final Map<String, Boolean> domains = new Bounded<>(SENDERS);
    /// How often a name stood with an address, by name: of senders, and of readers.
    private final Map<String, Map<String, Integer>> names = new Bounded<>(SENDERS);
    /// Domains that took part, by the id of a mail.
    private final Map<String, Set<String>> threads = new Bounded<>(THREADS);

    private final Map<String, Set<String>> shapes = new Bounded<>(SHAPES);
    private int mails;

    /// Looks at a mail by what was known before it.
    void look(View v, Signs signs) {
        Sender sender = senders.get(v.from);
        if (sender == null) {
            stranger(v, signs);
        } else if (sender.mails >= OFTEN) {
            known(v, sender, signs);
        }
        answer(v, signs);
        for (PageReading page : v.pages) {
            String shape = shape(page);
            Set<String> others = page.elements() < ELEMENTS ? Set.of() : shapes.getOrDefault(shape, Set.of());
            long foreign = others.stream().filter(d -> !d.equals(v.fromDomain)).count();
            if (foreign >= 2 && !v.list) {
                signs.add("campaign", "make " + shape + " of " + String.join(", ", others));
            }
        }
    }

    private static String shape(PageReading page) {
        return Long.toHexString(page.shape());
    }

    private void stranger(View v, Signs signs) {
        if (v.from.isEmpty()) {
            return;
        }
        if (mails >= EARLY && !domains.containsKey(v.fromDomain)) {
            signs.add("first-contact", v.from);
        }
        Map<String, Integer> known = names.getOrDefault(name(v.display), Map.of());
        known.forEach((address, times) -> {
            if (times >= 3 && known.size() <= 3 && !v.domain(View.host(address)).equals(v.fromDomain)) {
                signs.add("name-of-known", v.display + " was " + address + ", now " + v.from);
            }
        });
    }

    /// A name that is somebody's: of two words at least.
    private static String name(String display) {
        List<String> words = Words.of(display);
        return words.size() < 2 || words.size() > 5 ? "" : String.join(" ", words);
    }

    private static void known(View v, Sender sender, Signs signs) {
        List<String> unlike = new ArrayList<>();
        String way = way(v);
        boolean strange = !way.isEmpty() && !sender.ways.contains(way) && sender.ways.size() < HELD;
        if (strange) {
            unlike.add("by way of " + way);
        }
        String program = program(v);
        if (!program.isEmpty() && !sender.programs.contains(program) && sender.programs.size() < 4) {
            unlike.add("written with " + program);
        }
        for (String to : v.replyTo) {
            if (!to.equals(v.from) && !sender.answers.contains(to)) {
                unlike.add("answers go to " + to);
            }
        }
        List<String> places = places(v);
        if (!places.isEmpty() && places.stream().noneMatch(sender.places::contains) && sender.places.size() < HELD) {
            unlike.add("leads to " + places.getFirst());
        }
        boolean asks = signs.has("says-bank-change")
                || signs.has("says-credentials")
                || signs.has("says-document")
                || signs.has("says-favour")
                || signs.seen().keySet().stream().anyMatch(s -> s.startsWith("file-") && !s.equals("file-archive"));
        if (asks) {
            unlike.add("asks what it did not before");
        }
        if (unlike.size() >= 3 || strange && unlike.size() >= 2) {
            signs.add("mailbox-unlike", String.join("; ", unlike));
        } else if (unlike.isEmpty()) {
            signs.add("known-sender", sender.mails + " mails before");
        }
    }

    /// The network or, without, the domain of the host that handed the mail over.
    private static String way(View v) {
        Hop border = v.border();
        String address = border == null ? null : border.address();
        if (address == null) {
            return "";
        }
        int cut = address.indexOf(':') >= 0 ? third(address, ':') : address.lastIndexOf('.');
        return cut < 0 ? address : address.substring(0, cut);
    }

    private static int third(String text, char c) {
        int at = -1;
        for (int i = 0; i < 3; i++) {
            int next = text.indexOf(c, at + 1);
            if (next < 0) {
                return at;
            }
            at = next;
        }
        return at;
    }

    private static String program(View v) {
        String named = v.mail.first("x-mailer");
        named = named.isEmpty() ? v.mail.first("user-agent") : named;
        // The version changes, the program does not.
        return named.toLowerCase(Locale.ROOT).replaceAll("[^a-z ].*", "").strip();
    }

    private static List<String> places(View v) {
        return v.web().stream()
                .map(View.Target::registered)
                .distinct()
                .limit(HELD)
                .toList();
    }

    private void answer(View v, Signs signs) {
        if (v.list) {
            return;
        }
        for (String id : ids(v)) {
            Set<String> took = threads.get(id);
            if (took != null && !v.fromDomain.isEmpty() && !took.contains(v.fromDomain)) {
                signs.add("thread-stranger", v.fromDomain + " in a conversation of " + String.join(", ", took));
                return;
            }
        }
    }

    private static List<String> ids(View v) {
        List<String> ids = new ArrayList<>();
        for (String word : (v.mail.first("in-reply-to") + " " + v.mail.first("references")).split("[\\s<>]+")) {
            if (word.indexOf('@') > 0 && ids.size() < 100) {
                ids.add(word);
            }
        }
        return ids;
    }

    /// The mail is known from now on. What was found to be phishing makes nobody known.
    void learn(View v, MailVerdict.Verdict verdict) {
        mails++;
        for (PageReading page : v.pages) {
            if (page.elements() >= ELEMENTS && !v.list) {
                Set<String> of = shapes.computeIfAbsent(shape(page), k -> new LinkedHashSet<>());
                if (of.size() < HELD) {
                    of.add(v.fromDomain);
                }
            }
        }
        if (verdict != MailVerdict.Verdict.CLEAN || v.from.isEmpty()) {
            return;
        }
        Sender sender = senders.computeIfAbsent(v.from, k -> new Sender());
        sender.mails++;
        hold(sender.ways, way(v));
        hold(sender.programs, program(v));
        v.replyTo.forEach(to -> hold(sender.answers, to));
        places(v).forEach(p -> hold(sender.places, p));
        domains.put(v.fromDomain, true);
        named(v.display, v.from);
        Matcher reader = NAMED.matcher(v.mail.first("to"));
        for (int most = HELD; most > 0 && reader.find(); most--) {
            named(reader.group(1), reader.group(2).toLowerCase(Locale.ROOT));
        }
        Set<String> took = new LinkedHashSet<>();
        took.add(v.fromDomain);
        v.recipients.forEach(r -> took.add(v.domain(View.host(r))));
        ids(v).forEach(id -> took.addAll(threads.getOrDefault(id, Set.of())));
        if (!v.messageId().isEmpty() && took.size() <= 64) {
            threads.put(v.messageId(), took);
        }
    }

    private void named(String display, String address) {
        String name = name(display);
        if (!name.isEmpty()) {
            Map<String, Integer> of = names.computeIfAbsent(name, k -> new LinkedHashMap<>());
            if (of.size() < HELD || of.containsKey(address)) {
                of.merge(address, 1, Integer::sum);
            }
        }
    }

    private static void hold(Set<String> set, String value) {
        if (!value.isEmpty() && set.size() < HELD) {
            set.add(value);
        }
    }
}
