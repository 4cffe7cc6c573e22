package io.carom.detect.behaviour;

import com.google.auto.service.AutoService;
import io.carom.observe.Address;
import io.carom.observe.Hosts;
import io.carom.observe.Keys;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Contact;
import io.carom.observe.Observation.Launch;
import io.carom.observe.Observation.Lease;
import io.carom.observe.Observation.SignIn;
import io.carom.observe.Observation.Written;
import io.carom.observe.Origin;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Archives are packed to be taken away: in parts, with a password, in a folder where nobody looks; and then
/// much is sent.
///
/// Operation Cloud Hopper packed what it took into multi-part archives in the Recycle Bin and sent them back
/// through the provider (PwC and BAE Systems, 2017; MITRE ATT&CK T1560.001, T1074.001). Backups pack too, in
/// parts and at night: always the same machine into the same folder, without a password on the command line,
/// and on another day than the first they are known.
///
/// Key: client. State: the latest {@link #STAGES} machines that pack, and what packs every day; 400 KB.
@AutoService(Analytic.class)
public final class Staging implements Analytic<Staging.State> {
    private static final Threshold PARTS = Threshold.of("staging", "parts");
    private static final Threshold MEGABYTES = Threshold.of("staging", "sent-megabytes");
    private static final Threshold HOURS = Threshold.of("staging", "sent-hours");
    private static final Threshold NOTED = Threshold.of("staging", "noted");
    private static final Threshold ALARM = Threshold.of("staging", "alarm");

    static final int STAGES = 256;
    static final int KNOWN = 1024;
    static final int NAMES = 4096;

    private static final class Stage implements Serializable {
        private static final long serialVersionUID = 1;
        final String host;
        final long first;
        long last;
        String account = "";
        String folder = "";
        String command = "";
        int parts;
        boolean odd;
        boolean password;
        boolean split;
        boolean known;
        long sent;

        @Nullable
        Address to;

        double told;
        final List<Origin> evidence = new ArrayList<>();

        Stage(String host, long first) {
            this.host = host;
            this.first = first;
        }
    }

    /// What is known of a client.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1;

        private final LinkedHashMap<String, Stage> stages = new LinkedHashMap<>(16, 0.75f, true);
        private final Habits usual = new Habits(KNOWN, 60);
        private final Map<Long, String> names = new LinkedHashMap<>(16, 0.75f, true);
    }

    @Override
    public String id() {
        return "staging";
    }

    @Override
    public String title() {
        return "Archives packed to be taken away";
    }

    @Override
    public List<String> techniques() {
        return List.of("T1048", "T1074.001", "T1560.001");
    }

    @Override
    public long key(Observation observation, Context context) {
        boolean concerns = switch (observation) {
            case Launch l -> packs(l);
            case Written w -> archive(w.path());
            case Contact c -> c.newOut() >= 1_000_000 && c.addsUp();
            case SignIn s ->
                s.account().endsWith("$") && s.src() != null
                        || s.dst() != null && !s.host().isEmpty();
            case Lease l -> !l.host().isEmpty();
            default -> false;
        };
        return concerns ? Keys.of(context.tenant(observation), 0x57A6_E11L) : 0;
    }

    @Override
    public State begin(Observation observation, Context context) {
        return new State();
    }

    @Override
    public void update(State state, Observation observation, Context context) {
        switch (observation) {
            case Launch l -> packed(state, l, context);
            case Written w -> written(state, w, context);
            case Contact c -> sent(state, c, context);
            case SignIn s -> {
                if (s.account().endsWith("$")) {
                    name(state, s.src(), s.account().substring(0, s.account().length() - 1));
                } else {
                    name(state, s.dst(), s.host());
                }
            }
            case Lease l -> name(state, l.address(), l.host());
            default -> {}
        }
    }

    private static void name(State state, @Nullable Address address, String host) {
        if (address != null && address.reach() != Address.Reach.NOBODYS) {
            state.names.put(address.hash(), Hosts.shortName(host));
            if (state.names.size() > NAMES) {
                state.names.remove(state.names.keySet().iterator().next());
            }
        }
    }

    /// Whether the program packs files, under its own name or by its manner: `a -hp… x.rar`.
    private static boolean packs(Launch l) {
        String command = l.commandLine().toLowerCase(Locale.ROOT);
        String image = Programs.file(l.image());
        boolean packer = image.equals("rar.exe")
                || image.equals("winrar.exe")
                || image.equals("7z.exe")
                || image.equals("7za.exe")
                || image.equals("7zr.exe")
                || image.equals("7z")
                || image.equals("rar")
                || image.equals("zip")
                || image.equals("makecab.exe");
        boolean adds = command.contains(" a ") || image.equals("makecab.exe") || image.equals("zip");
        boolean manner = adds && (command.contains(" -hp") || command.contains(" -v") && command.contains(".rar"));
        return packer && adds || manner || command.contains("compress-archive");
    }

    /// Whether it is an archive of the kinds made on command, or a part of one.
    private static boolean archive(String path) {
        String name = Programs.file(path);
        return name.endsWith(".rar")
                || name.endsWith(".7z")
                || name.endsWith(".zip")
                || name.endsWith(".cab") && oddFolder(path.toLowerCase(Locale.ROOT))
                || part(name);
    }

    /// `x.part2.rar`, `x.7z.003`, `x.r07`, `x.z02`.
    private static boolean part(String name) {
        int dot = name.lastIndexOf('.');
        if (dot < 0) {
            return false;
        }
        String end = name.substring(dot + 1);
        if (end.equals("rar")) {
            int before = name.lastIndexOf('.', dot - 1);
            return before >= 0 && name.startsWith("part", before + 1) && digits(name, before + 5, dot);
        }
        boolean numbered = end.length() == 3 && digits(end, 0, 3);
        return numbered && (name.contains(".7z.") || name.contains(".zip.") || name.contains(".rar."))
                || end.length() == 3 && (end.charAt(0) == 'r' || end.charAt(0) == 'z') && digits(end, 1, 3);
    }

    private static boolean digits(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return to > from;
    }

    /// Folders in which nobody keeps archives.
    private static boolean oddFolder(String folded) {
        return folded.contains("recycle")
                || folded.contains("\\perflogs\\")
                || folded.contains("\\windows\\temp\\")
                || folded.contains("\\windows\\debug\\")
                || folded.contains("\\windows\\help\\")
                || folded.contains("\\windows\\tasks\\")
                || folded.contains("\\windows\\fonts\\")
                || folded.contains("\\users\\public\\")
                || folded.contains("\\programdata\\")
                || folded.contains("\\intel\\")
                || folded.contains("\\system volume information\\")
                || folded.contains("/dev/shm/")
                || folded.contains("/var/tmp/")
                || folded.contains("/tmp/.");
    }

    private static String folder(String path) {
        int slash = Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/'));
        return slash < 0 ? "" : path.substring(0, slash);
    }

    private static Stage stage(State state, String host, long time) {
        String name = Hosts.shortName(host);
        Stage stage = state.stages.get(name);
        if (stage == null || time - stage.last > SignIns.DAY) {
            stage = new Stage(host, time);
            state.stages.put(name, stage);
            if (state.stages.size() > STAGES) {
                state.stages.remove(state.stages.keySet().iterator().next());
            }
        }
        stage.last = time;
        return stage;
    }

    private void packed(State state, Launch l, Context context) {
        Stage stage = stage(state, l.host(), l.time());
        String command = l.commandLine().toLowerCase(Locale.ROOT);
        // Whoever packs every day does so with the same program, by the same account.
        boolean before = usual(state, l.host(), l.account() + "|" + Programs.file(l.image()), l.time());
        stage.known |= before;
        stage.account = l.account();
        stage.command = l.commandLine();
        stage.odd |= oddFolder(command) || oddFolder(l.image().toLowerCase(Locale.ROOT));
        stage.password |= command.contains(" -hp") || command.contains(" -p") && !command.contains(" -p ");
        stage.split |= command.contains(" -v");
        evidence(stage, l.origin());
        weigh(stage, context);
    }

    private static boolean usual(State state, String host, String what, long time) {
        long key = Keys.of(Keys.of(Hosts.shortName(host)), Keys.of(what));
        boolean before = state.usual.before(key, SignIns.day(time));
        state.usual.add(key, SignIns.day(time));
        return before;
    }

    private void written(State state, Written w, Context context) {
        String folded = w.path().toLowerCase(Locale.ROOT);
        boolean part = part(Programs.file(w.path()));
        boolean odd = oddFolder(folded);
        if (!part && !odd) {
            return;
        }
        Stage stage = stage(state, w.host(), w.time());
        stage.known |= usual(state, w.host(), folder(folded), w.time());
        stage.account = stage.account.isEmpty() ? w.account() : stage.account;
        stage.folder = folder(w.path());
        stage.odd |= odd;
        stage.parts += part ? 1 : 0;
        evidence(stage, w.origin());
        weigh(stage, context);
    }

    private static void evidence(Stage stage, Origin origin) {
        if (stage.evidence.size() < Draft.EVIDENCE - 1) {
            stage.evidence.add(origin);
        }
    }

    private void sent(State state, Contact c, Context context) {
        String client = c.origin().client();
        if (!context.inside(c.src(), client) || context.inside(c.dst(), client)) {
            return;
        }
        String host = state.names.get(c.src().hash());
        Stage stage = host == null ? null : state.stages.get(host);
        if (stage == null || c.time() - stage.last > context.value(HOURS) * SignIns.HOUR) {
            return;
        }
        stage.sent += c.newOut();
        if (stage.sent >= context.value(MEGABYTES) * 1e6 && stage.to == null) {
            stage.to = c.dst();
            stage.evidence.add(Math.min(1, stage.evidence.size()), c.origin());
            weigh(stage, context);
        }
    }

    private void weigh(Stage stage, Context context) {
        Address to = stage.to;
        boolean many = stage.parts >= context.value(PARTS);
        double points = (stage.odd ? 2 : 0)
                + (many ? 1 : stage.split ? 0.5 : 0)
                + (stage.password ? 1 : 0)
                + (to == null ? 0 : 1.5)
                - (stage.known ? 2 : 0);
        if (points < context.value(NOTED) || points <= stage.told && !many) {
            return;
        }
        stage.told = points;
        boolean alarm = points >= context.value(ALARM);
        context.found(new Draft(
                this,
                Hosts.shortName(stage.host),
                "Archives packed on " + stage.host
                        + (stage.odd ? " where nobody keeps them" : "")
                        + (stage.parts > 0 ? ", " + Words.count(stage.parts, "part", "parts") : "")
                        + (to == null ? "" : ", and " + Words.bytes(stage.sent) + " sent to " + to.text()),
                "Score " + Words.decimals(points) + " (" + Words.decimals(context.value(ALARM)) + " is an alarm): "
                        + (stage.odd ? "in a folder where nobody keeps archives [2]; " : "")
                        + (many
                                ? stage.parts + " parts of one archive [1]; "
                                : stage.split ? "to be split into parts [0.5]; " : "")
                        + (stage.password ? "with a password on the command line [1]; " : "")
                        + (to == null ? "" : Words.bytes(stage.sent) + " left the machine within hours [1.5]; ")
                        + (stage.known ? "it packs like this on other days too [-2]; " : "")
                        + (stage.folder.isEmpty() ? "" : "in " + stage.folder + "; ")
                        + (stage.command.isEmpty() ? "" : "by: " + Words.quoted(stage.command) + "; ")
                        + "by the account " + (stage.account.isEmpty() ? "that is not said" : stage.account)
                        + ". Harmless if it is a backup or somebody hands over large files.",
                alarm ? 4 : 2,
                Math.min(0.9, 0.2 + 0.15 * points),
                stage.first,
                stage.last,
                null,
                to,
                stage.host,
                stage.account,
                stage.account.isEmpty() ? List.of() : List.of(SignIns.user(stage.account)),
                to == null ? List.of("T1560.001", "T1074.001") : List.of("T1560.001", "T1074.001", "T1048"),
                stage.evidence));
    }

    @Override
    public int capacity() {
        return 2000;
    }

    @Override
    public int bytesPerKey() {
        return 400_000;
    }
}
