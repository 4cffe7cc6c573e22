package io.carom.detect.behaviour;

import com.google.auto.service.AutoService;
import io.carom.observe.Hosts;
import io.carom.observe.Keys;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Written;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// A program that shows another machine's desktop writes where things begin by themselves: the other machine
/// reaches back through the drives that are shared with it.
///
/// Whoever is connected to a machine in wrong hands with his drives shared is open to it (`\\tsclient`; MITRE
/// ATT&CK T1021.001 with T1547.001; Check Point, "Reverse RDP Attack", 2019). No such program has a reason to put
/// anything there.
///
/// Key: client and machine. State: the day it was told; 100 bytes.
@AutoService(Analytic.class)
public final class Planted implements Analytic<Planted.State> {
    private static final Set<String> SHOWS = Set.of(
            "mstsc",
            "rdpclip",
            "rdcman",
            "wfica32",
            "vmconnect",
            "vmware-view",
            "mremoteng",
            "screenconnect.windowsclient",
            "anydesk",
            "teamviewer");

    private static final List<String> BEGINS = List.of(
            "\\start menu\\programs\\startup\\",
            "\\start menu\\programs\\autostart\\",
            "\\system32\\tasks\\",
            "/etc/cron",
            "/.config/autostart/",
            "/library/launchagents/");

    /// What is known of a machine.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1;

        private long told = Long.MIN_VALUE;
    }

    @Override
    public String id() {
        return "planted-autostart";
    }

    @Override
    public String title() {
        return "Planted from the other end of a remote session";
    }

    @Override
    public List<String> techniques() {
        return List.of("T1021.001", "T1547.001");
    }

    @Override
    public long key(Observation observation, Context context) {
        if (!(observation instanceof Written w) || w.host().isEmpty() || !SHOWS.contains(Programs.name(w.by()))) {
            return 0;
        }
        String path = w.path().toLowerCase(Locale.ROOT);
        return BEGINS.stream().anyMatch(path::contains)
                ? Keys.of(context.tenant(w), Keys.of(Hosts.shortName(w.host())), 0x971A_47EDL)
                : 0;
    }

    @Override
    public State begin(Observation observation, Context context) {
        return new State();
    }

    @Override
    public void update(State state, Observation observation, Context context) {
        Written w = (Written) observation;
        long day = SignIns.day(w.time());
        if (state.told == day) {
            return;
        }
        state.told = day;
        context.found(new Draft(
                this,
                Hosts.shortName(w.host()),
                Programs.name(w.by()) + " on " + w.host() + " wrote what begins by itself",
                Programs.name(w.by()) + " shows the desktop of another machine; here it wrote " + Words.quoted(w.path())
                        + ", a place whose files are begun by themselves. The machine it was connected to then reached back"
                        + " through what was shared with it. Look at what that file is, and at the session that was open"
                        + " from here. Harmless if somebody copied a shortcut there by hand.",
                4,
                0.8,
                w.time(),
                w.time(),
                null,
                null,
                w.host(),
                w.account(),
                List.of(Words.hostname("device.hostname", w.host())),
                List.of("T1021.001", "T1547.001"),
                List.of(w.origin())));
    }

    @Override
    public boolean review(State state, Context context) {
        return state.told > SignIns.day(context.now()) - 2;
    }

    @Override
    public int capacity() {
        return 20_000;
    }

    @Override
    public int bytesPerKey() {
        return 100;
    }
}
