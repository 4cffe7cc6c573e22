package io.carom.detect.behaviour;

import com.google.auto.service.AutoService;
import io.carom.observe.Address;
import io.carom.observe.Keys;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Means;
import io.carom.observe.Observation.SignIn;
import io.carom.observe.Origin;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// An account asks for tickets of many service accounts at once: Kerberoasting (Medin, DerbyCon 2014; ATT&CK
/// T1558.003).
///
/// Tickets for machines are had all day, by hundreds; a service that runs under an account of a person's kind
/// is asked for by those who use it. Asking for several of these within a minute, never asked for before, is
/// how tools collect what can be cracked at home. A slower list is met by the count over an hour.
///
/// Key: account that asks. State: {@link Trail} of the latest {@link #TRAIL} services new to it, and those it
/// knows; 12 KB at most.
@AutoService(Analytic.class)
public final class TicketBurst implements Analytic<TicketBurst.State> {
    private static final Threshold BURST = Threshold.of("kerberoasting", "burst-services");
    private static final Threshold HOURLY = Threshold.of("kerberoasting", "hour-services");

    static final int TRAIL = 128;
    static final int KNOWN = 128;

    /// What is known of an account.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1;

        private final String client;
        private final Trail fresh = new Trail(TRAIL);
        private final Habits known = new Habits(KNOWN, 45);
        private final Set<String> names = new LinkedHashSet<>();
        private long last;
        private int told;

        State(String client) {
            this.client = client;
        }
    }

    @Override
    public String id() {
        return "kerberoasting";
    }

    @Override
    public String title() {
        return "Tickets of many service accounts at once";
    }

    @Override
    public List<String> techniques() {
        return List.of("T1558.003");
    }

    @Override
    public long key(Observation observation, Context context) {
        return observation instanceof SignIn s
                        && s.means() == Means.TICKET
                        && !s.outcome().failed()
                        && SignIns.somebody(s.account())
                        && service(s.host())
                ? Keys.of(context.tenant(s), Keys.of(s.account()))
                : 0;
    }

    /// What machines are asked for under their own accounts, of names such as `cifs/fs1.acme.example` (the
    /// services that Windows maps to HOST, and those of domain controllers and Exchange).
    private static final Set<String> MACHINES = Set.of(
            "host",
            "cifs",
            "ldap",
            "gc",
            "dns",
            "rpc",
            "rpcss",
            "http",
            "wsman",
            "termsrv",
            "restrictedkrbhost",
            "nfs",
            "smtp",
            "smtpsvc",
            "imap",
            "pop",
            "exchangemdb",
            "exchangerfr",
            "exchangeab",
            "msserverclustermgmtapi",
            "e3514235-4b06-11d1-ab04-00c04fc2dcd2",
            "dfsr-12f9a27c-bf97-4787-9364-d31b6c55eb04",
            "ntfrs-88f5d2bd-b646-11d2-a6d3-00c04fc9b232");

    /// Whether it is a service under an account like a person's: `MSSQLSvc/db1` in Zeek's words, the account
    /// in Windows'.
    private static boolean service(String name) {
        int slash = name.indexOf('/');
        if (slash > 0 && MACHINES.contains(name.substring(0, slash))) {
            return false;
        }
        // An account may have a dot in its name; who has several is a machine with its domain.
        boolean machine = slash < 0 && name.indexOf('.') != name.lastIndexOf('.');
        return !name.isEmpty()
                && !name.endsWith("$")
                && !name.startsWith("krbtgt")
                && !name.startsWith("kadmin")
                && !machine;
    }

    @Override
    public State begin(Observation observation, Context context) {
        return new State(observation.origin().client());
    }

    @Override
    public void update(State state, Observation observation, Context context) {
        SignIn s = (SignIn) observation;
        long service = Keys.of(s.host());
        if (s.time() - state.last > SignIns.HOUR) {
            state.names.clear();
            state.told = 0;
        }
        state.last = s.time();
        if (!state.known.add(service, SignIns.day(s.time()))) {
            return;
        }
        state.fresh.add((int) (service >>> 32), 0, 0, s.time(), s.origin());
        if (state.names.size() < 32) {
            state.names.add(s.host());
        }
        int burst = state.fresh.distinctHosts(s.time() - SignIns.MINUTE, (h, p, b) -> true);
        int hour = state.fresh.distinctHosts(s.time() - SignIns.HOUR, (h, p, b) -> true);
        if ((burst >= context.value(BURST) || hour >= context.value(HOURLY)) && hour > state.told) {
            tell(state, s, burst, hour, context);
        }
    }

    private void tell(State state, SignIn s, int burst, int hour, Context context) {
        state.told = hour;
        long since = s.time() - SignIns.HOUR;
        List<Origin> evidence = new ArrayList<>();
        state.fresh.oldest(since, (h, p, b) -> true, state.client, Draft.EVIDENCE, evidence);
        Address src = s.src();
        context.found(new Draft(
                this,
                s.account(),
                s.account() + " asked for tickets of " + hour + " service accounts at once"
                        + (src == null ? "" : ", from " + src.text()),
                burst + " within a minute and " + hour + " within an hour, none of which it had asked for before: "
                        + String.join(", ", state.names.stream().limit(8).toList())
                        + (state.names.size() > 8 ? ", …" : "")
                        + ". Passwords of such accounts can be guessed from their tickets without being seen: change those"
                        + " that are short. Harmless if a new monitoring or backup program asks for them.",
                burst >= context.value(BURST) ? 3 : 2,
                Math.min(0.9, 0.5 + 0.05 * burst),
                state.fresh.first(since, (h, p, b) -> true),
                s.time(),
                src,
                null,
                src == null ? s.srcHost() : "",
                s.account(),
                SignIns.observables(s.account(), src),
                List.of("T1558.003"),
                evidence));
    }

    @Override
    public boolean review(State state, Context context) {
        return context.now() - state.last < 45 * SignIns.DAY;
    }

    @Override
    public int capacity() {
        return 100_000;
    }

    @Override
    public int bytesPerKey() {
        return 12_000;
    }
}
