package io.carom.detect.behaviour;

import com.google.auto.service.AutoService;
import io.carom.observe.Address;
import io.carom.observe.Keys;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Call;
import io.carom.observe.Observation.Outcome;
import io.carom.observe.RemoteProcedure;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A machine begins a service, a task or a WMI method on another, or takes secrets from it, as a sensor on
/// the wire sees it: execution from afar where no machine's own log was collected.
///
/// The procedures are those of MITRE's BZAR ({@link RemoteProcedure}). BZAR asks for several kinds within
/// minutes and leaves the administrators' machines to a list; here they are learned: told is what a machine
/// does to another for the first time, mildly if it manages others in the same way, gravely if what was made
/// is taken away again within minutes.
///
/// Key: client and calling machine. State: what it did to whom on which days, {@link #KNOWN} of these; 30 KB
/// at most,
/// 300 bytes for a machine that asks one server.
@AutoService(Analytic.class)
public final class RemoteCalls implements Analytic<RemoteCalls.State> {
    private static final Threshold LEARNING = Threshold.of("remote-call", "learning-days");
    private static final Threshold HABIT = Threshold.of("remote-call", "habit-days");

    private static final Threshold UNDONE = Threshold.of("remote-call", "undone-minutes");

    static final int KNOWN = 256;
    static final int FRESH = 8;

    /// Something new that a machine did.
    private record Made(Call call, RemoteProcedure what, boolean manages) implements Serializable {}

    /// What is known of a machine.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1;

        private final ArrayDeque<Made> fresh = new ArrayDeque<>(2);

        private final Habits known = new Habits(KNOWN, 60);
        private long last;
    }

    @Override
    public String id() {
        return "remote-call";
    }

    @Override
    public String title() {
        return "Remote procedures that act on another machine";
    }

    @Override
    public List<String> techniques() {
        List<String> all = new ArrayList<>(RemoteProcedure.techniques());
        all.add("T1021.002");
        return all;
    }

    @Override
    public long key(Observation observation, Context context) {
        if (!(observation instanceof Call c) || !c.service().equals("rpc") || c.outcome() == Outcome.REFUSED) {
            return 0;
        }
        Address src = c.src();
        boolean acts = RemoteProcedure.of(c.what(), c.operation()) != null
                || RemoteProcedure.undone(c.what(), c.operation()) != null;
        return src == null || c.dst() == null || src.equals(c.dst()) || !acts
                ? 0
                : Keys.of(context.tenant(c), src.hash());
    }

    @Override
    public State begin(Observation observation, Context context) {
        return new State();
    }

    @Override
    public void update(State state, Observation observation, Context context) {
        Call c = (Call) observation;
        state.last = c.time();
        Address dst = Objects.requireNonNull(c.dst());
        RemoteProcedure what = RemoteProcedure.of(c.what(), c.operation());
        if (what == null) {
            undone(state, c, dst, context);
            return;
        }
        long day = SignIns.day(c.time());
        long kind = Keys.of(what.attack());
        long deed = Keys.of(dst.hash(), kind);
        int habit = state.known.before(kind, day) ? state.known.days(kind) : 0;
        boolean known = state.known.has(deed);
        state.known.add(kind, day);
        state.known.add(deed, day);
        if (known) {
            return;
        }
        boolean manages = habit >= context.whole(HABIT);
        state.fresh.addLast(new Made(c, what, manages));
        if (state.fresh.size() > FRESH) {
            state.fresh.removeFirst();
        }
        tell(c, what, manages, null, context);
    }

    /// What is taken away again within minutes was no installation.
    private void undone(State state, Call c, Address dst, Context context) {
        RemoteProcedure what = RemoteProcedure.undone(c.what(), c.operation());
        for (Made made : state.fresh) {
            boolean its = made.what.equals(what) && dst.equals(made.call.dst());
            if (its && c.time() - made.call.time() <= context.whole(UNDONE) * SignIns.MINUTE) {
                state.fresh.remove(made);
                tell(made.call, made.what, made.manages, c, context);
                return;
            }
        }
    }

    private void tell(Call c, RemoteProcedure what, boolean manages, @Nullable Call undone, Context context) {
        Address src = Objects.requireNonNull(c.src());
        Address dst = Objects.requireNonNull(c.dst());
        String client = c.origin().client();
        boolean learned = c.time() - context.begin(client) >= context.value(LEARNING) * SignIns.DAY;
        boolean link = context.link(src, client) != null;
        boolean secrets = !what.executes();
        // Scanners that are let in begin the registry's service on all machines and end it again.
        boolean ordered = context.allowedScanner(src, client);
        int severity = ordered ? 1 : 2;
        if (!manages && !ordered) {
            severity = learned || undone != null ? 3 : 2;
            severity += link || learned && (secrets || undone != null) ? 1 : 0;
        }
        double confidence = 0.5
                + (secrets ? 0.1 : 0)
                + (learned ? 0.15 : 0)
                + (link ? 0.1 : 0)
                + (undone != null ? 0.1 : 0)
                - (manages ? 0.25 : 0);
        context.found(new Draft(
                this,
                src + "|" + dst + "|" + what.attack(),
                src + " acted on " + dst + ": " + what.words() + (undone == null ? "" : " and taken away again")
                        + (ordered ? " (a scanner that is allowed)" : ""),
                "The sensor saw " + src + (link ? ", an address of a supplier's link," : "") + " call "
                        + Words.quoted(c.operation()) + " of " + Words.quoted(c.what()) + " on " + dst + ": "
                        + what.words()
                        + (undone == null
                                ? ""
                                : "; " + Words.seconds((undone.time() - c.time()) / 1000.0)
                                        + " later it was taken away again, as PsExec and its kin do")
                        + (manages
                                ? ". It does the same to other machines on other days, and never did to this one"
                                : learned
                                        ? ". It did so to no machine on several earlier days"
                                        : ". The logs are too short to know whether it is usual")
                        + ". Harmless if it is deployment, backup, a domain controller or an administrator.",
                severity,
                Math.min(0.9, confidence),
                c.time(),
                undone == null ? c.time() : undone.time(),
                src,
                dst,
                "",
                c.account(),
                Scans.observables(src, dst),
                what.executes() ? List.of(what.attack(), "T1021.002") : List.of(what.attack()),
                undone == null ? List.of(c.origin()) : List.of(c.origin(), undone.origin())));
    }

    @Override
    public boolean review(State state, Context context) {
        return context.now() - state.last < 60 * SignIns.DAY;
    }

    @Override
    public int capacity() {
        return 50_000;
    }

    @Override
    public int bytesPerKey() {
        return 30_000;
    }
}
