package io.carom.detect.behaviour;

import com.google.auto.service.AutoService;
import io.carom.observe.Address;
import io.carom.observe.Keys;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Contact;
import io.carom.observe.Origin;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// One source hits one port of one host hundreds of times within minutes: guessing at a sign-in, a
/// flood, or a program that keeps trying. It is no scan.
///
/// Two cases, as the fail2ban and CERT advice on brute force have them: a port where people sign in is
/// contacted again and again, whatever came of it (the log of connections does not tell of passwords);
/// or contacts fail without end at any port.
///
/// Key: source, destination and port, of contacts that failed or lead to a port for signing in. State:
/// counts of a window and the first and latest record; 240 bytes.
@AutoService(Analytic.class)
public final class Floods implements Analytic<Floods.State> {
    private static final Threshold WINDOW = Threshold.of("flood", "window-minutes");
    private static final Threshold SIGN_INS = Threshold.of("flood", "sign-in-contacts");
    private static final Threshold FAILED = Threshold.of("flood", "failed-contacts");

    /// What is known of a source at a port.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1;

        private final Address src;
        private final Address dst;
        private final int port;
        private Origin first;
        private Origin latest;
        private long begin;
        private long last;
        private int count;
        private int failed;
        private int told;

        State(Contact c) {
            this.src = c.src();
            this.dst = c.dst();
            this.port = Approach.port(c);
            this.first = c.origin();
            this.latest = c.origin();
            this.begin = c.time();
            this.last = c.time();
        }
    }

    @Override
    public String id() {
        return "flood";
    }

    @Override
    public String title() {
        return "Flood or guessing at one port";
    }

    @Override
    public List<String> techniques() {
        return List.of("T1110", "T1499");
    }

    @Override
    public long key(Observation observation, Context context) {
        if (!(observation instanceof Contact c)
                || c.transport() == Approach.ICMP
                || !(c.outcome().failed() || signsIn(c.dstPort()))
                || !Approach.counts(c)) {
            return 0;
        }
        return Keys.of(context.tenant(c), Keys.of(c.src().hash(), c.dst().hash()), Approach.port(c) + 1L);
    }

    /// Where people and programs sign in: FTP, SSH, Telnet, SMB, databases, remote desktops, VNC, WinRM.
    private static boolean signsIn(int port) {
        return switch (port) {
            case 21, 22, 23, 445, 1433, 3306, 3389, 5432, 5900, 5985, 5986 -> true;
            default -> false;
        };
    }

    @Override
    public State begin(Observation observation, Context context) {
        return new State((Contact) observation);
    }

    @Override
    public void update(State state, Observation observation, Context context) {
        Contact c = (Contact) observation;
        // A burst goes on as long as it does not pause for a window.
        if (c.time() - state.last > context.whole(WINDOW) * 60_000) {
            end(state, context);
            state.begin = c.time();
            state.first = c.origin();
            state.count = 0;
            state.failed = 0;
            state.told = 0;
        }
        state.last = Math.max(state.last, c.time());
        state.latest = c.origin();
        state.count++;
        state.failed += c.outcome().failed() ? 1 : 0;
        if (state.told == 0 ? many(state, context) : state.count >= 4L * state.told) {
            tell(state, context);
        }
    }

    /// So many in a window, or at the pace of so many in a window where it lasts longer.
    private static boolean many(State state, Context context) {
        double windows = Math.max(1, (state.last - state.begin) / 60_000.0 / context.value(WINDOW));
        return state.failed >= context.value(FAILED) * windows
                || signsIn(state.port & 0xFFFF)
                        && state.port < 1 << 16
                        && state.count >= context.value(SIGN_INS) * windows;
    }

    private void end(State state, Context context) {
        if (state.told > 0 && state.count > state.told) {
            tell(state, context);
        }
    }

    private void tell(State state, Context context) {
        state.told = state.count;
        String client = state.first.client();
        boolean ordered = context.allowedScanner(state.src, client);
        boolean within = context.inside(state.src, client);
        boolean guess = signsIn(state.port & 0xFFFF) && state.port < 1 << 16;
        String where = Approach.portName(state.port) + " of " + state.dst.text();
        String span = Scans.span(state.last - state.begin);
        double bar = guess ? context.value(SIGN_INS) : context.value(FAILED);
        List<Origin> evidence = new ArrayList<>(List.of(state.first));
        if (!state.latest.equals(state.first)) {
            evidence.add(state.latest);
        }
        context.found(new Draft(
                this,
                state.src.text() + "|" + state.dst.text() + "|" + state.port,
                (guess ? "Brute force or flood: " : "Flood or endless retries: ") + state.src.text() + " contacted "
                        + where + " " + state.count + " times within " + span,
                state.count + " contacts with one port within " + span + ", " + state.failed + " of which failed. One"
                        + " port hit so often is no scan. "
                        + (guess
                                ? "At a port for signing in it is most often guessing of passwords; the sign-ins of that"
                                        + " machine tell whether one succeeded."
                                : "It is a flood, or a program whose server is gone.")
                        + " Harmless if a program reconnects by mistake or a load test runs.",
                ordered ? 1 : guess && within ? 3 : 2,
                Math.min(0.9, 0.5 + 0.4 * (1 - bar / (bar + state.count))),
                state.begin,
                state.last,
                state.src,
                state.dst,
                "",
                "",
                Scans.observables(state.src, state.dst),
                List.of(guess ? "T1110" : "T1499"),
                evidence));
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
        return 1_000_000;
    }

    @Override
    public int bytesPerKey() {
        return 240;
    }
}
