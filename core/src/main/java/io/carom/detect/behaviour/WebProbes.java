package io.carom.detect.behaviour;

import com.google.auto.service.AutoService;
import io.carom.event.Finding;
import io.carom.observe.Address;
import io.carom.observe.Keys;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Request;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Somebody asks a web server for path after path that is not there: directories and files are guessed from a
/// list, or one weakness after another is tried.
///
/// ATT&CK calls it wordlist scanning, OWASP's handbook of automated threats OAT-014. What makes it one is
/// distinct paths that failed, and that hardly anything else was asked; crawlers follow links, so most of what
/// they ask is there.
///
/// Key: client, who asks, and site. State: paths met ({@link #KNOWN} bits in two generations), counts of a
/// window; 700 bytes for a visitor, at most 6 KB.
@AutoService(Analytic.class)
public final class WebProbes implements Analytic<WebProbes.State> {
    private static final Threshold WINDOW = Threshold.of("web-probe", "window-minutes");
    private static final Threshold PATHS = Threshold.of("web-probe", "failed-paths");
    private static final Threshold SHARE = Threshold.of("web-probe", "failed-share");
    private static final Threshold WIDE = Threshold.of("web-probe", "wide");

    static final int KNOWN = 1 << 14;

    /// What is known of a visitor of a site.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1;

        private final String client;
        private final Address src;
        private final @Nullable Address dst;
        private final String site;
        private Known known = new Known(KNOWN);
        private Records records = new Records();
        private Few examples = new Few(6);
        private Few answers = new Few(4);
        private String agent = "";
        private long first;
        private long last;
        private int requests;
        private int failed;
        private int found;
        private int told;

        State(Request r, String site) {
            this.client = r.origin().client();
            this.src = r.src();
            this.dst = r.dst();
            this.site = site;
            this.first = r.time();
            this.last = r.time();
        }
    }

    @Override
    public String id() {
        return "web-probe";
    }

    @Override
    public String title() {
        return "Paths of a web server guessed";
    }

    @Override
    public List<String> techniques() {
        return List.of("T1595.003");
    }

    private static String site(Request r) {
        Address dst = r.dst();
        return !r.host().isEmpty() ? r.host() : dst == null ? "" : dst.text();
    }

    @Override
    public long key(Observation observation, Context context) {
        if (!(observation instanceof Request r) || r.status() == 0 || r.method().equals("CONNECT")) {
            return 0;
        }
        String site = site(r);
        return site.isEmpty() ? 0 : Keys.of(context.tenant(r), r.src().hash(), Keys.of(site));
    }

    @Override
    public State begin(Observation observation, Context context) {
        Request r = (Request) observation;
        return new State(r, site(r));
    }

    @Override
    public void update(State state, Observation observation, Context context) {
        Request r = (Request) observation;
        if (r.time() - state.last > context.whole(WINDOW) * 60_000) {
            end(state, context);
            state.first = r.time();
            state.known = new Known(KNOWN);
            state.records = new Records();
            state.examples = new Few(6);
            state.answers = new Few(4);
            state.requests = 0;
            state.failed = 0;
            state.found = 0;
            state.told = 0;
        }
        state.last = Math.max(state.last, r.time());
        state.requests++;
        String path = path(r.path());
        boolean failed =
                r.status() >= 400 && r.status() < 500 && r.status() != 401 && r.status() != 407 && r.status() != 429;
        if (!state.known.add(Keys.of(path))) {
            return;
        }
        if (!failed) {
            state.found += r.status() < 300 ? 1 : 0;
            return;
        }
        state.failed++;
        state.agent = r.userAgent();
        state.records.add(r.origin());
        state.examples.add(path.length() > 60 ? path.substring(0, 60) + "…" : path);
        state.answers.add(Integer.toString(r.status()));
        if (state.failed >= context.value(PATHS)
                && state.failed >= context.value(SHARE) * (state.failed + state.found)
                && state.failed >= 4L * state.told) {
            tell(state, context);
        }
    }

    private static String path(String path) {
        int query = path.indexOf('?');
        return query < 0 ? path : path.substring(0, query);
    }

    private void end(State state, Context context) {
        if (state.told > 0 && state.failed > state.told) {
            tell(state, context);
        }
    }

    private void tell(State state, Context context) {
        state.told = state.failed;
        boolean within = Outwards.ours(state.src, state.client, context);
        boolean ordered = context.allowedScanner(state.src, state.client);
        double bar = context.value(PATHS);
        List<Finding.Observable> observables = new ArrayList<>();
        observables.add(Words.address("src_endpoint.ip", state.src));
        observables.add(Words.hostname("dst_endpoint.hostname", state.site));
        context.found(new Draft(
                this,
                state.src + "|" + state.site,
                state.src + " guessed " + state.failed + " paths of " + state.site + " within "
                        + Scans.span(state.last - state.first) + (ordered ? " (a scanner that is allowed)" : ""),
                state.failed + " distinct paths were turned away (" + state.answers.words(4) + ") and "
                        + state.found + " were there, of " + state.requests + " requests. Such as: "
                        + state.examples.words(6) + ". User-Agent: "
                        + (state.agent.isEmpty()
                                ? "none"
                                : state.agent.length() > 100 ? state.agent.substring(0, 100) + "…" : state.agent)
                        + ". "
                        + (within
                                ? "It came from a machine of the client's or of a link. "
                                : "It came from outside, where it is tried all day; what counts is what was there. ")
                        + "Harmless if a site was rebuilt and old links lead nowhere, or a test was ordered.",
                ordered ? 1 : within ? 3 : state.found > 0 && state.failed >= context.value(WIDE) ? 2 : 1,
                Math.min(0.95, 0.6 + 0.35 * (1 - bar / (bar + state.failed))),
                state.first,
                state.last,
                state.src,
                state.dst,
                "",
                "",
                observables,
                List.of("T1595.003"),
                state.records.all()));
    }

    @Override
    public Duration every() {
        return Duration.ofMinutes(30);
    }

    @Override
    public boolean review(State state, Context context) {
        end(state, context);
        return context.now() - state.last <= context.whole(WINDOW) * 60_000;
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
