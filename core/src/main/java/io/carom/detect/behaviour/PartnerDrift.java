package io.carom.detect.behaviour;

import com.google.auto.service.AutoService;
import io.carom.detect.behaviour.LinkPast.Kind;
import io.carom.observe.Address;
import io.carom.observe.Hosts;
import io.carom.observe.Keys;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Contact;
import io.carom.observe.Observation.Means;
import io.carom.observe.Observation.SignIn;
import io.carom.observe.Origin;
import io.carom.party.Link;
import io.carom.party.Party;
import io.carom.party.Whois;
import java.io.Serializable;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A supplier link does what it never did: other machines, ports, accounts, hours or amounts than in its own
/// last weeks, or than it is declared for.
///
/// Each link is measured against itself (the idea of profiles in Denning's "An Intrusion-Detection Model",
/// 1987), for what one supplier does every day is alarming of another; that stolen supplier access shows
/// first in this way is what the joint advisory of CISA, NCSC and others to managed service providers and
/// their customers says (AA22-131A, 2022). Every deviation gives points by its own rarity, and the finding
/// says each. One kind of deviation alone is noted and no alarm: a rollout meets many new machines in the
/// usual way, an engineer on call works on the usual machines at night. An intruder deviates in several ways
/// at once.
///
/// Key: link. A day is one of the link's own zone. State: {@link LinkPast}; 3 MB at most for a link that uses
/// all it can hold, 10 KB for one with few targets.
@AutoService(Analytic.class)
public final class PartnerDrift implements Analytic<PartnerDrift.State>, LinkBaseline.Teller<PartnerDrift.State> {
    private static final Threshold LEARNING = Threshold.of("partner-drift", "learning-days");
    private static final Threshold MEMORY = Threshold.of("partner-drift", "memory-days");
    private static final Threshold FEW = Threshold.of("partner-drift", "few-targets");
    private static final Threshold FACTOR = Threshold.of("partner-drift", "new-factor");
    private static final Threshold VOLUME = Threshold.of("partner-drift", "volume-factor");
    private static final Threshold MEGABYTES = Threshold.of("partner-drift", "volume-megabytes");
    private static final Threshold NOTED = Threshold.of("partner-drift", "noted");
    private static final Threshold UNUSUAL = Threshold.of("partner-drift", "unusual");

    /// Ports by which machines are administered or data fetched from them: what an intruder wants.
    private static final Set<Integer> ADMINISTRATION =
            Set.of(22, 23, 135, 139, 389, 445, 636, 1433, 1521, 2049, 3306, 3389, 5432, 5900, 5985, 5986, 6443, 8443);

    private static final String[] WEEKDAYS = {
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"
    };

    /// One way in which today differs.
    ///
    /// @param kind deviations of one kind count as one however many there are
    /// @param strange that it is not what the link always did; what strays from its declaration may be just
    /// that
    private record Deviation(String kind, double points, String words, boolean strange, List<Origin> evidence) {
        Deviation(String kind, double points, String words, List<Origin> evidence) {
            this(kind, points, words, true, evidence);
        }
    }

    /// What is known of a link.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1;

        private final String client;
        private final String link;
        private final LinkPast past;
        private double told;
        private int toldNews;
        private boolean odd;
        private long begin = Long.MAX_VALUE;
        private long end;

        // The hours of today that are not its own, and those it is not declared for.
        private final TreeMap<Integer, Origin> oddHours = new TreeMap<>();
        private final TreeMap<Integer, Origin> barredHours = new TreeMap<>();
        private final TreeMap<String, Origin> barred = new TreeMap<>();
        private @Nullable Origin most;
        private @Nullable Origin weekend;
        private @Nullable Address src;
        private String host = "";
        private String account = "";

        State(String client, String link, int memory) {
            this.client = client;
            this.link = link;
            this.past = new LinkPast(memory);
        }
    }

    @Override
    public String id() {
        return "partner-drift";
    }

    @Override
    public String title() {
        return "A supplier link does what it never did";
    }

    @Override
    public List<String> techniques() {
        return List.of("T1048", "T1078", "T1199");
    }

    @Override
    public long key(Observation observation, Context context) {
        Link link = link(observation, context);
        return link == null ? 0 : Keys.of(context.tenant(observation), Keys.of(link.name()));
    }

    /// The link it came over, or went back over, or whose account did it.
    private static @Nullable Link link(Observation observation, Context context) {
        String client = observation.origin().client();
        return switch (observation) {
            case Contact c
            when Approach.adds(c) -> {
                Link over = context.link(c.src(), client);
                yield over != null || !context.inside(c.src(), client) ? over : context.link(c.dst(), client);
            }
            case SignIn s -> {
                Address src = s.src();
                Link over = src == null ? null : context.link(src, client);
                yield over != null ? over : counts(s) ? context.linkOfAccount(s) : null;
            }
            default -> null;
        };
    }

    private static boolean counts(SignIn s) {
        return SignIns.remote(s) && SignIns.somebody(s.account());
    }

    @Override
    public State begin(Observation observation, Context context) {
        Link link = link(observation, context);
        return new State(observation.origin().client(), link == null ? "" : link.name(), (int) context.whole(MEMORY));
    }

    @Override
    public void update(State state, Observation observation, Context context) {
        Link link = link(observation, context);
        if (link == null) {
            return;
        }
        LinkPast past = state.past;
        ZonedDateTime time = Instant.ofEpochMilli(observation.time()).atZone(zone(link));
        long day = time.toLocalDate().toEpochDay();
        // What comes late over midnight does not end the day at hand, nor is its own day lived twice.
        if (past.day != day && past.day - 1 != day) {
            next(state, link, day, context);
        }
        past.first = Math.min(past.first, observation.time());
        past.last = Math.max(past.last, observation.time());
        boolean news = switch (observation) {
            case Contact c -> contact(state, c, link, context);
            case SignIn s -> signIn(state, s, link, context);
            default -> false;
        };
        boolean forward = !(observation instanceof Contact c) || context.link(c.src(), state.client) != null;
        if (forward) {
            news |= hour(state, observation, time, link, context);
        }
        if (news) {
            if (state.begin == Long.MAX_VALUE) {
                state.begin = observation.time();
            }
            state.end = observation.time();
            weigh(state, link, false, context);
        }
    }

    private static ZoneId zone(Link link) {
        try {
            return ZoneId.of(link.zone());
        } catch (DateTimeException e) {
            return ZoneOffset.UTC;
        }
    }

    private void next(State state, Link link, long day, Context context) {
        LinkPast past = state.past;
        if (past.day != Long.MIN_VALUE) {
            weigh(state, link, true, context);
            past.close(state.odd, weekday(past.day));
        }
        past.day = day;
        state.told = 0;
        state.toldNews = 0;
        state.odd = false;
        state.begin = Long.MAX_VALUE;
        state.oddHours.clear();
        state.barredHours.clear();
        state.barred.clear();
        state.most = null;
        state.weekend = null;
        state.src = null;
        state.host = "";
        state.account = "";
    }

    private static int weekday(long day) {
        return LocalDate.ofEpochDay(day).getDayOfWeek().getValue() - 1;
    }

    private boolean learned(State state, Context context) {
        return state.past.days >= context.value(LEARNING);
    }

    private boolean contact(State state, Contact c, Link link, Context context) {
        LinkPast past = state.past;
        boolean back = context.link(c.src(), state.client) == null;
        int port = Approach.port(c);
        if (back) {
            past.carried(c.newIn(), c.newOut());
            boolean news = past.meet(Kind.BACK, c.dst().text() + " " + Approach.portName(port), c.origin());
            if (news) {
                who(state, c.dst());
            }
            return more(state, c.origin(), context) | news;
        }
        past.carried(c.newOut(), c.newIn());
        boolean news = past.meet(Kind.TARGET, c.dst().text(), c.origin());
        if (port != 0) {
            news |= past.meet(Kind.PORT, Approach.portName(port), c.origin());
        }
        news |= more(state, c.origin(), context);
        if (port != 0 && !link.ports().isEmpty() && !link.ports().contains(port & 0xFFFF)) {
            news |= bar(state, "port " + Approach.portName(port), c.origin());
        }
        if (!link.reaches(c.dst().bytes())) {
            news |= bar(state, "target " + c.dst().text(), c.origin());
        }
        if (news) {
            who(state, c.src());
        }
        return news;
    }

    private static boolean bar(State state, String what, Origin origin) {
        return state.barred.size() < 64 && state.barred.putIfAbsent(what, origin) == null;
    }

    private static void who(State state, Address src) {
        if (state.src == null) {
            state.src = src;
        }
    }

    /// Whether more left than ever.
    private boolean more(State state, Origin origin, Context context) {
        if (state.most != null || !learned(state, context)) {
            return false;
        }
        long out = state.past.todaysOut();
        if (out < context.value(MEGABYTES) * 1e6 || out < context.value(VOLUME) * state.past.mostOut()) {
            return false;
        }
        state.most = origin;
        return true;
    }

    private boolean signIn(State state, SignIn s, Link link, Context context) {
        LinkPast past = state.past;
        boolean news = false;
        Address src = s.src();
        boolean over = src != null && context.link(src, state.client) != null;
        if (s.means() != Means.TICKET && !s.host().isEmpty()) {
            news = past.meet(Kind.HOST, Hosts.shortName(s.host()), s.origin());
        }
        if (SignIns.somebody(s.account())) {
            news |= past.meet(Kind.ACCOUNT, s.account(), s.origin());
            if (over && !link.accounts().isEmpty() && context.linkOfAccount(s) == null && !his(s, link, context)) {
                news |= bar(state, "account " + whole(s), s.origin());
            }
        }
        if (!over) {
            news |= past.meet(Kind.SOURCE, source(s), s.origin());
        }
        if (news) {
            if (src != null) {
                who(state, src);
            }
            if (state.account.isEmpty()) {
                state.account = s.account();
                state.host = s.host();
            }
        }
        return news;
    }

    /// Whether the account is in the supplier's own directory: then it is who it is expected to be.
    private static boolean his(SignIn s, Link link, Context context) {
        Party owner = s.domain().indexOf('.') > 0 ? context.ownerOfName(s.domain()) : null;
        return owner != null && owner.name().equals(link.supplier());
    }

    private static String whole(SignIn s) {
        return s.domain().indexOf('.') > 0 ? s.account() + "@" + s.domain() : s.account();
    }

    /// Addresses of dial-up customers change: their network stands for them.
    private static String source(SignIn s) {
        Address src = s.src();
        if (src == null || src.reach() != Address.Reach.PUBLIC || !src.v4()) {
            return SignIns.fromText(s);
        }
        String text = src.text();
        int dot = text.lastIndexOf('.');
        return dot > 0 ? text.substring(0, dot) + ".0/24" : text;
    }

    private boolean hour(State state, Observation o, ZonedDateTime time, Link link, Context context) {
        LinkPast past = state.past;
        int hour = time.getHour();
        past.hour(hour);
        boolean news = false;
        if (learned(state, context)) {
            if (past.around(hour) == 0) {
                news = state.oddHours.putIfAbsent(hour, o.origin()) == null;
            }
            int weekday = weekday(past.day);
            // A week and a half shows whether it works at weekends.
            if (weekday >= 5 && past.days >= 8 && past.on(5) + past.on(6) == 0 && state.weekend == null) {
                state.weekend = o.origin();
                news = true;
            }
        }
        if (Boolean.FALSE.equals(Whois.inHours(link, Instant.ofEpochMilli(o.time())))) {
            news |= state.barredHours.putIfAbsent(hour, o.origin()) == null;
        }
        if (news) {
            Address src = switch (o) {
                case Contact c -> c.src();
                case SignIn s -> s.src();
                default -> null;
            };
            if (src != null) {
                who(state, src);
            }
        }
        return news;
    }

    // ---- what it amounts to

    private List<Deviation> deviations(State state, Link link, Context context) {
        LinkPast past = state.past;
        boolean learned = learned(state, context);
        List<Deviation> found = new ArrayList<>();
        if (learned) {
            targets(past, context, found);
            ports(past, found);
            several(past, Kind.ACCOUNT, "accounts", 1, 2, "account", "accounts", "never used over it", found);
            boolean closed = !link.networks().isEmpty();
            several(
                    past,
                    Kind.SOURCE,
                    "sources",
                    closed ? 1.5 : 1,
                    3,
                    "source",
                    "sources",
                    closed ? "that is not the link, for its account" : "that its accounts never came from",
                    found);
            several(past, Kind.BACK, "back", 1, 2, "connection", "connections", "back to the supplier, new", found);
            Origin most = state.most;
            if (most != null) {
                long out = past.todaysOut();
                found.add(new Deviation(
                        "amount",
                        out > 20 * Math.max(1, past.mostOut()) ? 3 : 2,
                        Words.bytes(out) + " left over it, the most on a day before was " + Words.bytes(past.mostOut()),
                        List.of(most)));
            }
            Origin weekend = state.weekend;
            if (weekend != null) {
                found.add(new Deviation(
                        "hours", 1, "on a " + WEEKDAYS[weekday(past.day)] + " for the first time", List.of(weekend)));
            }
        }
        hours(state, link, learned, found);
        if (!state.barred.isEmpty()) {
            List<String> what = state.barred.keySet().stream().limit(6).toList();
            found.add(new Deviation(
                    "declared",
                    Math.min(5, 1.5 + 0.5 * state.barred.size()),
                    "not declared for it: " + String.join(", ", what)
                            + (state.barred.size() > what.size()
                                    ? " and " + (state.barred.size() - what.size()) + " more"
                                    : ""),
                    false,
                    List.copyOf(state.barred.values())));
        }
        return found;
    }

    private void targets(LinkPast past, Context context, List<Deviation> found) {
        // Network and machine tell of the same machines, by address and by name.
        boolean byAddress =
                past.fresh(Kind.TARGET).size() >= past.fresh(Kind.HOST).size();
        TreeMap<String, Origin> fresh = new TreeMap<>(past.fresh(byAddress ? Kind.TARGET : Kind.HOST));
        double bar = Math.max(context.value(FEW), context.value(FACTOR) * past.mostNew());
        double excess = fresh.size() - bar;
        if (excess > 0) {
            found.add(new Deviation(
                    "targets",
                    Math.min(4, 1 + Math.log(1 + excess) / Math.log(2)),
                    fresh.size() + " targets never touched in " + span(past)
                            + (fresh.size() <= 4 ? " (" + String.join(", ", fresh.keySet()) + ")" : "")
                            + ", when " + past.mostNew() + " were the most on a day",
                    List.copyOf(fresh.values())));
        }
    }

    private static String span(LinkPast past) {
        return Words.count(past.days, "day", "days") + " of its use";
    }

    private static void ports(LinkPast past, List<Deviation> found) {
        TreeMap<String, Origin> fresh = new TreeMap<>(past.fresh(Kind.PORT));
        // Where no port was ever seen there are no network logs of it, or none until now.
        if (fresh.isEmpty() || !past.pastHas(Kind.PORT)) {
            return;
        }
        double points = 0;
        for (String port : fresh.keySet()) {
            points += ADMINISTRATION.contains(Integer.parseInt(port.substring(port.indexOf('/') + 1))) ? 1.5 : 0.5;
        }
        found.add(new Deviation(
                "ports",
                Math.min(3, points),
                fresh.keySet().stream().limit(5).collect(Collectors.joining(", "))
                        + (fresh.size() > 5 ? " and " + (fresh.size() - 5) + " more ports" : "")
                        + " for the first time",
                List.copyOf(fresh.values())));
    }

    private static void several(
            LinkPast past,
            Kind kind,
            String name,
            double each,
            double most,
            String one,
            String many,
            String what,
            List<Deviation> found) {
        TreeMap<String, Origin> fresh = new TreeMap<>(past.fresh(kind));
        // Kinds of logs that begin later than others say nothing by their beginning.
        if (fresh.isEmpty() || kind == Kind.ACCOUNT && !past.pastHas(kind)) {
            return;
        }
        found.add(new Deviation(
                name,
                Math.min(most, each * fresh.size()),
                Words.count(fresh.size(), one, many) + " " + what + " ("
                        + fresh.keySet().stream().limit(3).collect(Collectors.joining(", "))
                        + (fresh.size() > 3 ? ", …" : "") + ")",
                List.copyOf(fresh.values())));
    }

    private static void hours(State state, Link link, boolean learned, List<Deviation> found) {
        if (!state.barredHours.isEmpty()) {
            boolean strange = learned && state.barredHours.keySet().stream().anyMatch(h -> state.past.around(h) == 0);
            found.add(new Deviation(
                    "hours",
                    2,
                    "at " + hours(state.barredHours) + ", outside its declared hours " + link.hours() + " "
                            + link.zone(),
                    strange,
                    List.copyOf(state.barredHours.values())));
        } else if (!state.oddHours.isEmpty()) {
            found.add(new Deviation(
                    "hours",
                    2,
                    "at " + hours(state.oddHours) + " " + link.zone() + ", when it was never used",
                    List.copyOf(state.oddHours.values())));
        }
    }

    /// `02:00–03:00`, or the first and last of several.
    private static String hours(TreeMap<Integer, Origin> hours) {
        return String.format(Locale.ROOT, "%02d:00-%02d:00", hours.firstKey(), hours.lastKey() + 1);
    }

    /// @param closing whether the day is over, so that the whole of it is told
    private void weigh(State state, Link link, boolean closing, Context context) {
        Address src = state.src;
        if (src != null && context.allowedScanner(src, state.client)) {
            return;
        }
        List<Deviation> found = deviations(state, link, context);
        double points = found.stream().mapToDouble(Deviation::points).sum();
        long kinds = found.stream().map(Deviation::kind).distinct().count();
        state.odd |= unusual(found, points, kinds, context);
        int news = found.stream().mapToInt(d -> d.evidence.size()).sum();
        boolean more = points >= state.told + 0.5 || closing && news > state.toldNews;
        if (points < context.value(NOTED) || !more) {
            return;
        }
        state.told = points;
        state.toldNews = news;
        tell(state, link, found, points, kinds, context);
    }

    /// Of links that strayed from their declaration before their habits were known, and in nothing else, 219
    /// were used as ever and 6 by an intruder (seeds 1161 to 1240): that is told, and is no alarm.
    private static boolean unusual(List<Deviation> found, double points, long kinds, Context context) {
        return points >= context.value(UNUSUAL) && kinds >= 2 && found.stream().anyMatch(Deviation::strange);
    }

    private void tell(State state, Link link, List<Deviation> found, double points, long kinds, Context context) {
        boolean unusual = unusual(found, points, kinds, context);
        List<Deviation> worst = new ArrayList<>(found);
        worst.sort(Comparator.comparingDouble(Deviation::points).reversed());
        List<Origin> evidence = new ArrayList<>();
        for (int i = 0; i < LinkPast.EVIDENCE && evidence.size() < Draft.EVIDENCE; i++) {
            for (Deviation deviation : worst) {
                if (i < deviation.evidence.size() && !evidence.contains(deviation.evidence.get(i))) {
                    evidence.add(deviation.evidence.get(i));
                }
            }
        }
        LinkPast past = state.past;
        boolean learned = learned(state, context);
        StringBuilder say = new StringBuilder();
        say.append("Drift ")
                .append(points(points))
                .append(" in ")
                .append(kinds)
                .append(kinds == 1 ? " way" : " ways")
                .append(" (")
                .append(points(context.value(UNUSUAL)))
                .append(" in two ways is unusual): ")
                .append(worst.stream()
                        .map(d -> d.words + " [" + points(d.points) + "]")
                        .collect(Collectors.joining("; ")))
                .append(". ");
        if (learned) {
            say.append("On ").append(past.days).append(" days before it reached ");
            say.append(brief(past, Kind.TARGET, Kind.HOST, "targets"));
            say.append(" on ").append(brief(past, Kind.PORT, Kind.PORT, "ports"));
            say.append(", some ").append(Words.bytes(past.usualOut())).append(" a day leaving over it. ");
        } else {
            say.append("It was used on ")
                    .append(past.days)
                    .append(" days before, too few to know its habits: this holds against what is declared. ");
        }
        if (!link.purpose().isEmpty()) {
            say.append("Declared purpose: ").append(link.purpose()).append(". ");
        }
        say.append("Harmless if the supplier was asked for it: ask ")
                .append(link.contact().isEmpty() ? "it, by another way than this link." : link.contact() + ".");
        Set<String> techniques = new java.util.TreeSet<>(Set.of("T1199"));
        if (worst.stream().anyMatch(d -> d.kind.equals("amount"))) {
            techniques.add("T1048");
        }
        if (worst.stream().anyMatch(d -> d.kind.equals("accounts") || d.kind.equals("sources"))) {
            techniques.add("T1078");
        }
        Address src = state.src;
        context.found(new Draft(
                this,
                link.name(),
                "Supplier link " + link.name() + " (" + link.supplier() + "): "
                        + worst.stream().limit(3).map(Deviation::words).collect(Collectors.joining(", ")),
                say.toString(),
                unusual ? 3 : 2,
                Math.min(0.95, 0.3 + 0.08 * points) * (learned ? 1 : 0.8),
                Math.min(state.begin, context.now()),
                Math.max(state.end, Math.min(state.begin, context.now())),
                src,
                null,
                state.host,
                state.account,
                src == null ? List.of() : List.of(Words.address("src_endpoint.ip", src)),
                List.copyOf(techniques),
                evidence));
    }

    private static String brief(LinkPast past, Kind kind, Kind other, String what) {
        List<LinkBaseline.Use> uses = past.past(kind, LinkPast.MOST);
        uses = uses.isEmpty() ? past.past(other, LinkPast.MOST) : uses;
        return uses.isEmpty()
                ? "no " + what
                : uses.size() > 4
                        ? uses.size() + " " + what
                        : uses.stream().map(LinkBaseline.Use::value).collect(Collectors.joining(", "));
    }

    private static String points(double points) {
        return String.format(Locale.ROOT, "%.1f", points);
    }

    @Override
    public LinkBaseline baseline(State state, Context context) {
        LinkPast past = state.past;
        Link link = context.linkNamed(state.link);
        return new LinkBaseline(
                state.client,
                state.link,
                link == null ? "" : link.supplier(),
                past.first,
                past.last,
                past.days,
                learned(state, context),
                past.past(Kind.TARGET, LinkBaseline.MOST),
                past.past(Kind.HOST, LinkBaseline.MOST),
                past.past(Kind.PORT, LinkBaseline.MOST),
                past.past(Kind.ACCOUNT, LinkBaseline.MOST),
                past.past(Kind.SOURCE, LinkBaseline.MOST),
                past.past(Kind.BACK, LinkBaseline.MOST),
                past.hours(),
                past.weekdays(),
                link == null ? "UTC" : link.zone(),
                past.usualIn(),
                past.usualOut(),
                past.mostOut(),
                past.mostNew());
    }

    @Override
    public Duration every() {
        return Duration.ofHours(1);
    }

    @Override
    public boolean review(State state, Context context) {
        Link link = context.linkNamed(state.link);
        if (link != null && state.past.day != Long.MIN_VALUE) {
            long day = Instant.ofEpochMilli(context.now())
                    .atZone(zone(link))
                    .toLocalDate()
                    .toEpochDay();
            if (day > state.past.day || context.ending()) {
                next(state, link, Math.max(day, state.past.day), context);
            }
        }
        // What a link does is its past: it stays.
        return true;
    }

    @Override
    public int capacity() {
        return 10_000;
    }

    @Override
    public int bytesPerKey() {
        return 3_000_000;
    }
}
