package io.carom.detect.behaviour;

import com.google.auto.service.AutoService;
import io.carom.observe.Address;
import io.carom.observe.Keys;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Outcome;
import io.carom.observe.Observation.Use;
import io.carom.observe.Origin;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A mailbox is read or searched as its owner does not: for words that intruders look for, or many times what
/// it is read on other days, from where it was never read before.
///
/// After mailboxes were taken at an outsourcer in 2019 they were searched for gift cards; others look for
/// passwords, invoices and VPN (MITRE ATT&CK T1114.002, T1213; Microsoft on `MailItemsAccessed` in forensic
/// investigations). One such search of an employee is his work: from a place that is new to the account, or
/// several different ones within an hour, it is not.
///
/// Key: account. State: places and days' amounts; 6 KB.
@AutoService(Analytic.class)
public final class MailReading implements Analytic<MailReading.State> {
    private static final Threshold SEARCHES = Threshold.of("mail-reading", "searches");
    private static final Threshold READS = Threshold.of("mail-reading", "reads");
    private static final Threshold FACTOR = Threshold.of("mail-reading", "usual-factor");

    static final int PLACES = 32;

    private static final List<String> WANTED = List.of(
            "gift card",
            "giftcard",
            "gift-card",
            "password",
            "passwort",
            "kennwort",
            "credential",
            "vpn",
            "invoice",
            "wire transfer",
            "bank detail",
            "iban",
            "payroll",
            "w-2",
            "mfa",
            "authenticator",
            "confidential",
            "secret",
            "api key",
            "private key",
            "remote access",
            "citrix",
            "teamviewer",
            "screenconnect",
            "contract");

    /// What is known of an account.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1;

        private final Habits places = new Habits(PLACES, 60);
        private long day = Long.MIN_VALUE;
        private int days;
        private long today;
        private float usual;
        private long most;
        private long told;
        private final Set<String> words = new LinkedHashSet<>();
        private final List<Origin> searches = new ArrayList<>();
        private long searched;
        private boolean strange;
        private @Nullable Origin strangeRead;
    }

    @Override
    public String id() {
        return "mail-reading";
    }

    @Override
    public String title() {
        return "A mailbox searched or read as never before";
    }

    @Override
    public List<String> techniques() {
        return List.of("T1114.002", "T1213");
    }

    private static boolean search(Use u) {
        return u.operation().toLowerCase(Locale.ROOT).startsWith("search");
    }

    private static boolean read(Use u) {
        return u.operation().equalsIgnoreCase("MailItemsAccessed");
    }

    @Override
    public long key(Observation observation, Context context) {
        return observation instanceof Use u
                        && !u.account().isEmpty()
                        && u.outcome() != Outcome.REFUSED
                        && (search(u) || read(u))
                        && (u.service().contains("exchange")
                                || u.service().contains("mail")
                                || u.service().isEmpty())
                ? Keys.of(context.tenant(u), Keys.of(u.account()))
                : 0;
    }

    @Override
    public State begin(Observation observation, Context context) {
        return new State();
    }

    @Override
    public void update(State state, Observation observation, Context context) {
        Use u = (Use) observation;
        long day = SignIns.day(u.time(), state.day);
        if (day != state.day) {
            if (state.day != Long.MIN_VALUE) {
                state.usual = state.days == 0 ? state.today : 0.8f * state.usual + 0.2f * state.today;
                state.most = Math.max(state.most, state.today);
                state.days++;
            }
            state.day = day;
            state.today = 0;
            state.told = 0;
        }
        Address src = u.src();
        boolean early = u.time() - context.begin(u.origin().client()) < 2 * SignIns.DAY;
        boolean strange = false;
        if (src != null) {
            boolean before = state.places.before(src.network(), day);
            state.places.add(src.network(), day);
            boolean outside = !context.inside(src, u.origin().client())
                    && context.owner(src, u.origin().client()) == null;
            strange = !before && (state.days > 0 || !early && outside);
        }
        if (search(u)) {
            searched(state, u, strange, context);
        } else {
            long count = Math.max(1, count(u.detail()));
            state.today += count;
            read(state, u, strange, context);
        }
    }

    private static long count(String detail) {
        int at = detail.indexOf("OperationCount=");
        long n = 0;
        for (int i = at < 0 ? detail.length() : at + 15; i < detail.length() && n < 1_000_000; i++) {
            char c = detail.charAt(i);
            if (c < '0' || c > '9') {
                break;
            }
            n = n * 10 + c - '0';
        }
        return n;
    }

    private void searched(State state, Use u, boolean strange, Context context) {
        String text = (u.what() + " " + u.detail()).toLowerCase(Locale.ROOT);
        String wanted = "";
        for (String word : WANTED) {
            if (text.contains(word)) {
                wanted = word;
                break;
            }
        }
        if (wanted.isEmpty()) {
            return;
        }
        if (u.time() - state.searched > SignIns.HOUR) {
            state.words.clear();
            state.searches.clear();
            state.strange = false;
        }
        state.searched = u.time();
        state.strange |= strange;
        boolean fresh = state.words.add(wanted);
        if (state.searches.size() < Draft.EVIDENCE) {
            state.searches.add(u.origin());
        }
        boolean many = state.words.size() >= context.value(SEARCHES);
        if (!fresh || !many && !state.strange) {
            return;
        }
        Address src = u.src();
        String list = src == null ? null : context.warninglist(src.text());
        int severity = state.words.size() < 2 ? 2 : state.strange ? 4 : 3;
        context.found(new Draft(
                this,
                u.account() + "|search",
                "The mailbox of " + u.account() + " was searched for " + String.join(", ", state.words)
                        + (state.strange && src != null ? " from " + src.text() + ", where it was never used" : ""),
                Words.count(state.words.size(), "search", "searches")
                        + " within an hour for words that intruders look for"
                        + (state.strange
                                ? ", from a network from which this mailbox was never searched or read before"
                                : ", from where it is always used")
                        + (list == null ? "" : " (on the list \"" + list + "\")")
                        + ". Harmless if its owner looked for them himself: ask him, by another way than mail.",
                severity,
                state.strange ? 0.7 : 0.5,
                u.time(),
                u.time(),
                src,
                null,
                "",
                u.account(),
                SignIns.observables(u.account(), src),
                List.of("T1114.002", "T1213"),
                state.searches));
    }

    private void read(State state, Use u, boolean strange, Context context) {
        if (strange && state.strangeRead == null) {
            state.strangeRead = u.origin();
        }
        double bar = Math.max(context.value(READS), context.value(FACTOR) * Math.max(state.usual, state.most));
        if (state.today < bar || state.today < state.told * 2 || state.days < 2) {
            return;
        }
        state.told = state.today;
        Address src = u.src();
        Origin first = state.strangeRead;
        context.found(new Draft(
                this,
                u.account() + "|read",
                "The mailbox of " + u.account() + " was read " + Words.exactly(state.today) + " times in a day",
                "On " + state.days + " days before it was read " + Words.exactly(Math.round(state.usual))
                        + " times a day, at most " + Words.exactly(state.most) + ". "
                        + (first == null
                                ? "It is read from where it always is"
                                : "It is read from a network that is new to it")
                        + ". Harmless if a new device fetches the whole mailbox.",
                first == null ? 2 : 3,
                first == null ? 0.35 : 0.6,
                u.time(),
                u.time(),
                src,
                null,
                "",
                u.account(),
                SignIns.observables(u.account(), src),
                List.of("T1114.002"),
                first == null ? List.of(u.origin()) : List.of(u.origin(), first)));
    }

    @Override
    public boolean review(State state, Context context) {
        return SignIns.day(context.now()) - state.day < 60;
    }

    @Override
    public int capacity() {
        return 200_000;
    }

    @Override
    public int bytesPerKey() {
        return 6_000;
    }
}
