package io.carom.cli;

import io.carom.config.ConfigException;
import io.carom.lake.Rereading;
import io.carom.party.Parties;
import io.carom.party.PartiesFile;
import io.carom.party.Party;
import io.carom.run.History;
import io.carom.run.LakeStage;
import io.carom.run.Line;
import io.carom.run.RecordStage;
import io.carom.run.Stage;
import io.carom.source.Source;
import io.carom.source.Sources;
import io.carom.source.input.Inputs;
import io.carom.source.input.ReadAs;
import io.carom.source.user.MappingFile;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What commands that read logs have in common: which inputs, how they are read, whose they are.
final class Reading {
    /// Whose logs are that nobody claims.
    static final String NOBODYS = "local";

    @Parameters(
            paramLabel = "PATH",
            arity = "0..*",
            description =
                    "Files, folders, globs, or - for standard input; archives and compression are opened in place.")
    List<String> paths = new ArrayList<>();

    @Option(names = "--format", paramLabel = "NAME", description = "Read everything as this format.")
    @Nullable
    String format;

    @Option(names = "--zone", paramLabel = "ZONE", description = "Zone of times written without one (default UTC).")
    String zone = "UTC";

    @Option(
            names = "--reference",
            paramLabel = "TIME",
            description = "The latest that a time without a year can be (default: when each file was last written).")
    @Nullable
    String reference;

    @Option(
            names = "--client",
            paramLabel = "NAME",
            description =
                    "Whose logs these are (default: as the parties file says by folder, else \"" + NOBODYS + "\").")
    @Nullable
    String client;

    @Option(
            names = "--parties",
            paramLabel = "FILE",
            description = "Organisations, their networks and links (default: parties.yaml in a PATH that is a folder,"
                    + " then in the home).")
    @Nullable
    Path partiesFile;

    @Option(
            names = "--mapping",
            paramLabel = "PATH",
            description = "A format described in YAML, or a folder of such files; may be repeated. Those in the home's"
                    + " folder mappings are always read.")
    List<Path> mappings = new ArrayList<>();

    private final Set<Path> notLogs = new LinkedHashSet<>();
    private final Set<Path> outputs = new LinkedHashSet<>();
    private @Nullable Path partiesFolder;
    private String partiesText = "";

    /// The parties file of this reading as it stands; empty if there is none.
    String partiesText() {
        return partiesText;
    }

    /// The parties file of this reading; {@link Parties#NONE} if there is none.
    Parties parties(Common common) throws IOException, ConfigException {
        Path file = partiesFile;
        if (file == null) {
            for (String path : paths) {
                Path beside = Path.of(path).resolve("parties.yaml");
                if (!path.equals("-") && Files.isRegularFile(beside)) {
                    file = beside;
                    common.note("using " + beside);
                    break;
                }
            }
        }
        if (file == null && Files.isRegularFile(common.home().resolve("parties.yaml"))) {
            file = common.home().resolve("parties.yaml");
        }
        notLogs(mappings);
        if (file == null) {
            return Parties.NONE;
        }
        notLogs(List.of(file));
        partiesFolder = file.toAbsolutePath().normalize().getParent();
        partiesText = TextFile.read(file);
        return PartiesFile.parse(partiesText, file.toString());
    }

    /// Whose an input is, by its path.
    private Function<String, String> clientOf(CommandLine program, Parties parties) {
        String stated = client;
        if (stated != null) {
            if (!stated.matches("[a-z0-9][a-z0-9_-]{0,63}")) {
                throw new CommandLine.ParameterException(
                        program,
                        "--client: a name is lower-case letters, digits, - and _, 64 at most; found \""
                                + Shown.text(stated, 100) + "\"");
            }
            return path -> stated;
        }
        Path folder = partiesFolder;
        return path -> {
            if (folder == null || path.equals("-")) {
                return NOBODYS;
            }
            Path file = Path.of(path.replaceFirst("!.*", "")).toAbsolutePath().normalize();
            Party owner = file.startsWith(folder)
                    ? parties.ownerOfLogs(folder.relativize(file).toString())
                    : null;
            return owner == null ? NOBODYS : owner.name();
        };
    }

    /// The formats built in, and those that mapping files describe.
    Sources sources(Common common) throws IOException, ConfigException {
        List<Path> from = new ArrayList<>(mappings);
        Path own = common.home().resolve("mappings");
        if (Files.isDirectory(own)) {
            from.add(own);
        }
        return from.isEmpty()
                ? Sources.installed()
                : Sources.with(MappingFile.readAll(from), MappingFile.version(from));
    }

    /// Takes all inputs through the stages.
    List<Line.Summary> run(Common common, Parties parties, History history, List<Stage> stages)
            throws IOException, InterruptedException, ConfigException {
        outputs(common.home());
        return run(common, parties, history, stages, logs(common, Inputs.list(paths)), common.quiet);
    }

    /// Says that these are no logs though they may lie among them: what is looked for, how things are read.
    void notLogs(List<Path> files) {
        files.forEach(file -> notLogs.add(file.toAbsolutePath().normalize()));
    }

    /// Says that what is written goes into this folder: where it lies among the logs, what is in it is none
    /// of them. Else it would be read while it is written, and never end.
    void outputs(Path folder) {
        outputs.add(folder.toAbsolutePath().normalize());
    }

    private boolean isOutput(Path file) {
        return outputs.stream()
                .anyMatch(out -> file.startsWith(out) && paths.stream().noneMatch(path -> isIn(path, out)));
    }

    /// Whether somebody who names this path means what is in that folder.
    private static boolean isIn(String path, Path folder) {
        return !path.equals("-") && Path.of(path).toAbsolutePath().normalize().startsWith(folder);
    }

    private static boolean isSame(@Nullable Object results, Path file) {
        try {
            return results != null
                    && results.equals(Files.readAttributes(file, BasicFileAttributes.class)
                            .fileKey());
        } catch (IOException e) {
            return false;
        }
    }

    /// Of a folder only the YAML is meant: rules may lie in one folder with logs.
    private static boolean isOf(Path named, Path file) {
        String name = file.toString();
        return file.equals(named) || file.startsWith(named) && (name.endsWith(".yml") || name.endsWith(".yaml"));
    }

    private Inputs.Listing logs(Common common, Inputs.Listing all) throws IOException {
        List<String> files = new ArrayList<>();
        long bytes = all.bytes();
        Object results = Results.file();
        int ours = 0;
        for (String file : all.files()) {
            Path at = Path.of(file).toAbsolutePath().normalize();
            boolean written = !file.equals("-") && (isOutput(at) || isSame(results, at));
            ours += written ? 1 : 0;
            if (written || !file.equals("-") && notLogs.stream().anyMatch(no -> isOf(no, at))) {
                bytes -= Files.size(at);
            } else {
                files.add(file);
            }
        }
        if (ours > 0) {
            common.note(Shown.count(ours) + (ours == 1 ? " file is" : " files are")
                    + " of what is written here itself, and not read as logs.");
        }
        return new Inputs.Listing(files, all.missing(), bytes);
    }

    /// Reads the inputs that hold these records once more, and picks them. What came from standard input
    /// is gone.
    RecordStage again(Common common, Parties parties, Set<RecordStage.Place> wanted)
            throws IOException, InterruptedException, ConfigException {
        RecordStage stage = new RecordStage(wanted);
        List<String> files = wanted.stream()
                .map(RecordStage.Place::path)
                .filter(path -> !path.equals("-"))
                .map(Reading::file)
                .distinct()
                .sorted()
                .toList();
        run(common, parties, History.NONE, List.of(stage), Inputs.list(files), true);
        return stage;
    }

    /// The file that an input is or lies in.
    private static String file(String path) {
        int member = path.indexOf('!');
        return member < 0 || Files.exists(Path.of(path)) ? path : path.substring(0, member);
    }

    private List<Line.Summary> run(
            Common common, Parties parties, History history, List<Stage> stages, Inputs.Listing listing, boolean quiet)
            throws IOException, InterruptedException, ConfigException {
        CommandLine program = java.util.Objects.requireNonNull(common.spec).commandLine();
        if (paths.isEmpty()) {
            throw new CommandLine.ParameterException(program, "Missing required parameter: 'PATH'");
        }
        Sources sources = sources(common);
        Source forced = forced(program, sources);
        try (ProgressBar progress = new ProgressBar(program.getErr(), listing.bytes(), quiet)) {
            Line line = new Line(
                    sources,
                    forced,
                    zone(program),
                    reference(program),
                    clientOf(program, parties),
                    history,
                    stages,
                    progress);
            return line.run(listing);
        }
    }

    /// Whether what is read comes through standard input alone.
    boolean isStandardInput() {
        return paths.equals(List.of("-"));
    }

    private @Nullable Source forced(CommandLine program, Sources sources) {
        if (format == null) {
            return null;
        }
        Optional<Source> named = sources.named(format);
        if (named.isEmpty()) {
            List<String> known = sources.all().stream().map(Source::name).toList();
            throw new CommandLine.ParameterException(
                    program,
                    "--format: no format is named \"" + format + "\"."
                            + io.carom.config.Suggestion.of(format.toLowerCase(Locale.ROOT), known));
        }
        return named.get();
    }

    /// Reads kept inputs once more: those named, or all that other readers than today's have read. What the
    /// options state is changed, the rest is as it was.
    List<Line.Summary> again(Common common, Rereading lake, LakeStage stage)
            throws IOException, InterruptedException, ConfigException {
        CommandLine program = java.util.Objects.requireNonNull(common.spec).commandLine();
        Sources sources = sources(common);
        Source forced = forced(program, sources);
        Instant latest = reference(program);
        ZoneId stated = program.getParseResult().hasMatchedOption("--zone") ? zone(program) : null;
        List<Rereading.Kept> chosen = new ArrayList<>();
        Set<String> unmatched = new LinkedHashSet<>(paths);
        for (Rereading.Kept input : lake.inputs()) {
            List<String> fitting =
                    paths.stream().filter(path -> names(path, input.path())).toList();
            boolean whose = client == null || client.equals(input.client());
            if (whose) {
                unmatched.removeAll(fitting);
            }
            boolean wanted = paths.isEmpty() ? !input.as().version().equals(sources.version()) : !fitting.isEmpty();
            if (whose && wanted) {
                ReadAs as = input.as();
                chosen.add(input.readAs(new ReadAs(
                        forced == null ? as.format() : forced.name(),
                        stated == null ? as.zone() : stated,
                        latest == null ? as.reference() : latest,
                        as.version())));
            }
        }
        long bytes = chosen.stream().mapToLong(Rereading.Kept::bytes).sum();
        List<Line.Summary> summaries = new ArrayList<>();
        for (String path : unmatched) {
            summaries.add(new Line.Summary(path, "", false, List.of(), 0, 0, 0, 0, 0, "nothing of it is kept"));
        }
        try (ProgressBar progress = new ProgressBar(program.getErr(), bytes, common.quiet)) {
            Line line = new Line(sources, null, ZoneOffset.UTC, null, path -> "", stage, List.of(stage), progress);
            summaries.addAll(line.again(lake, chosen));
            return summaries;
        }
    }

    /// Whether a path that the user writes means a kept input: itself, a folder or an archive it was
    /// in, or a glob.
    static boolean names(String path, String kept) {
        String folder = path.endsWith("/") ? path : path + "/";
        if (kept.equals(path) || kept.startsWith(folder) || kept.startsWith(path + "!")) {
            return true;
        }
        String file = kept.replaceFirst("!.*", "");
        try {
            if (path.matches(".*[*?\\[{].*")) {
                return FileSystems.getDefault().getPathMatcher("glob:" + path).matches(Path.of(file));
            }
            String whole = Path.of(path).toAbsolutePath().normalize().toString();
            String there = Path.of(file).toAbsolutePath().normalize().toString();
            return there.equals(whole) || there.startsWith(whole + "/");
        } catch (InvalidPathException | PatternSyntaxException e) {
            return false;
        }
    }

    private ZoneId zone(CommandLine program) {
        try {
            ZoneId id = ZoneId.of(zone);
            return id.normalized().equals(ZoneOffset.UTC) ? ZoneOffset.UTC : id;
        } catch (DateTimeException e) {
            throw new CommandLine.ParameterException(
                    program, "--zone: expected a zone such as Europe/Berlin or +01:00");
        }
    }

    private @Nullable Instant reference(CommandLine program) {
        if (reference == null) {
            return null;
        }
        try {
            return Times.of(reference);
        } catch (DateTimeException e) {
            throw new CommandLine.ParameterException(
                    program, "--reference: expected a time such as 2019-04-15T00:00:00Z");
        }
    }

    /// What was not understood, told to people; the exit code that says so.
    static int tell(Common common, List<Line.Summary> summaries) {
        long rejected = 0;
        int strange = 0;
        for (Line.Summary s : summaries) {
            rejected += s.rejected();
            if (s.refusal() != null) {
                strange++;
                common.fault("not read: " + Shown.text(s.path(), 300) + ": " + Shown.text(s.refusal(), 300));
            } else if (!s.recognised() && s.bytes() > 0) {
                strange++;
                common.fault("no log that is known: " + Shown.text(s.path(), 300));
            }
        }
        if (rejected > 0) {
            common.fault(Shown.count(rejected) + " records were not understood; see \"carom sources\" and"
                    + " \"carom query 'select reason, count(*) from rejects group by 1'\"");
        }
        return rejected > 0 || strange > 0 ? Exit.SOME_REJECTED : Exit.DONE;
    }
}
