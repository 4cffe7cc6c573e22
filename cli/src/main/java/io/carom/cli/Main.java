package io.carom.cli;

import io.carom.config.ConfigException;
import io.carom.lake.LakeException;
import io.carom.server.log.Log;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/// Starts the program.
@Command(
        name = "carom",
        description = "Finds attacks that reach a company by bouncing off a supplier, and tells everyone on the path.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
public final class Main {
    /// In the order in which help lists them.
    private static final List<Class<?>> COMMANDS = List.of(
            DemoCommand.class,
            InvestigateCommand.class,
            DetectCommand.class,
            IncidentsCommand.class,
            CampaignsCommand.class,
            TraceCommand.class,
            ConvertCommand.class,
            IngestCommand.class,
            HuntCommand.class,
            SourcesCommand.class,
            RulesCommand.class,
            QueryCommand.class,
            PartiesCommand.class,
            IntelCommand.class,
            AdviseCommand.class,
            VictimsCommand.class,
            MailCommand.class,
            ServeCommand.class,
            AuditCommand.class,
            LakeCommand.class,
            BackupCommand.class,
            RestoreCommand.class,
            UpgradeCommand.class,
            ScenarioCommand.class,
            BenchCommand.class,
            HelpForCommand.class,
            AutoComplete.GenerateCompletion.class);

    private static final int LONGEST = 4_000;

    static {
        QuietLibraries.please();
    }

    private Main() {}

    public static void main(String[] arguments) throws IOException {
        if (arguments.length == 1 && arguments[0].equals("--version")) {
            // The commonest question a script asks is answered without building the command tree.
            System.out.println(Version.text());
            return;
        }
        if (arguments.length == 1 && arguments[0].startsWith("--training=")) {
            train(arguments[0].endsWith("=home"));
            return;
        }
        // Numbers for people are written alike on every machine, whatever its language: scripts cut them
        // out too. Of all categories, for a `PrintWriter` does not go by that of formats.
        Locale.setDefault(Locale.ROOT);
        Results.toTheProcess();
        System.exit(run(arguments));
    }

    /// Loads what most commands need, so that the ahead-of-time cache made of this run holds it: the command
    /// tree, the formats, the schema, rules; of those that need a home a lake that is written and asked too.
    private static void train(boolean withHome) throws IOException {
        Path folder = Files.createTempDirectory("carom-training");
        try {
            Path log = folder.resolve("conn.ndjson");
            Files.writeString(
                    log,
                    "{\"ts\":1551675600.5,\"uid\":\"C1\",\"id.orig_h\":\"192.0.2.1\",\"id.orig_p\":1024,"
                            + "\"id.resp_h\":\"192.0.2.2\",\"id.resp_p\":443,\"proto\":\"tcp\",\"_path\":\"conn\"}\n");
            String home = "--home=" + folder.resolve("home");
            teach("convert", home, log.toString());
            teach("help", "ingest");
            if (withHome) {
                teach("ingest", home, log.toString());
                teach("query", home, "select count(*) from network_activity");
                teach("sources", home);
            }
            // Which methods are hot is kept too: reading is fast from its first second.
            String logs = folder.resolve("logs").toString();
            teach(
                    "scenario",
                    home,
                    "--quiet",
                    "--seed=1",
                    "--events=60000",
                    "--days=3",
                    "--clients=4",
                    "--out=" + logs);
            if (withHome) {
                teach(
                        "investigate",
                        home,
                        "--quiet",
                        "--indicators=" + logs + "/indicators.csv",
                        "--out=" + folder.resolve("report"),
                        logs);
            }
            teach("detect", home, "--quiet", "--only=sigma", "--rules=" + rules(folder), logs);
            if (withHome) {
                teach("bench", "pages", home, "--times=5");
            } else {
                teach("detect", home, "--quiet", "--json", "--indicators=" + logs + "/indicators.csv", logs);
            }
        } finally {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    /// A command that fails teaches nothing, and would be missed by nobody.
    private static void teach(String... arguments) throws IOException {
        int exit = run(arguments);
        if (exit == Exit.FAILED || exit == Exit.WRONG_USE) {
            throw new IOException("training: carom " + String.join(" ", arguments) + " ended with " + exit);
        }
    }

    /// Some hundred rules of the usual forms, none of which says anything of an attack.
    private static Path rules(Path folder) throws IOException {
        Path rules = Files.createDirectories(folder.resolve("rules"));
        for (int i = 0; i < 400; i++) {
            Files.writeString(
                    rules.resolve(i + ".yml"), """
                    title: Training %1$d
                    logsource: {category: %2$s, product: windows}
                    detection:
                        selection_img:
                            - Image|endswith: ['\\tool%1$d.exe', '\\helper%1$d.exe']
                            - OriginalFileName: 'tool%1$d.exe'
                        selection_cli:
                            CommandLine|contains|all: [' -option%1$d', 'word%1$d ']
                        selection_re:
                            CommandLine|re: 'letters?[0-9]{2,4}\\.part%1$d'
                        filter_main:
                            ParentImage|startswith: 'C:\\Program Files\\Maker %1$d\\'
                            LogonId: null
                        filter_optional:
                            CommandLine: ''
                        condition: (selection_img and selection_cli or selection_re) and not 1 of filter_*
                    level: low
                    """.formatted(i, i % 4 == 0 ? "image_load" : "process_creation"));
        }
        return rules;
    }

    static int run(String... arguments) {
        Results results = new Results();
        PrintWriter out = new PrintWriter(results, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int exit;
        try {
            exit = program(named(arguments)).setOut(out).setErr(err).execute(arguments);
        } catch (VirtualMachineError e) {
            err.println("carom: " + explain(e));
            if (List.of(arguments).contains("-v")) {
                e.printStackTrace(err);
            }
            exit = Exit.FAILED;
        }
        // Not every command ends with a line.
        out.flush();
        IOException fault = results.fault();
        if (fault == null || fault instanceof Results.NobodyReads) {
            return exit;
        }
        err.println("carom: " + explain(fault));
        return Exit.FAILED;
    }

    /// All commands as they are given arguments.
    static CommandLine program() {
        return program(COMMANDS);
    }

    /// The command that the arguments begin with, by itself: to build all of them takes a third of a
    /// second. All, where they begin with none, or with one that looks at the others.
    private static List<Class<?>> named(String... arguments) {
        for (Class<?> command : COMMANDS) {
            boolean alone =
                    command.getPackage().equals(Main.class.getPackage()) && !command.equals(HelpForCommand.class);
            if (alone
                    && arguments.length > 0
                    && Objects.requireNonNull(command.getAnnotation(Command.class))
                            .name()
                            .equals(arguments[0])) {
                return List.of(command);
            }
        }
        return COMMANDS;
    }

    private static CommandLine program(List<Class<?>> commands) {
        CommandLine program = new CommandLine(new Main());
        commands.forEach(program::addSubcommand);
        return program.setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setExecutionStrategy(AuditTrail::run)
                .setParameterExceptionHandler(Main::wrongUse)
                .setExecutionExceptionHandler(Main::failed);
    }

    private static int wrongUse(ParameterException e, String[] arguments) {
        CommandLine program = e.getCommandLine();
        program.getErr().println("carom: " + shown(String.valueOf(e.getMessage())));
        CommandLine.UnmatchedArgumentException.printSuggestions(e, program.getErr());
        String name = program.getCommandSpec().qualifiedName(" ");
        program.getErr().println("Try \"carom help" + name.substring("carom".length()) + "\".");
        return Exit.WRONG_USE;
    }

    private static int failed(Exception e, CommandLine program, CommandLine.ParseResult parsed) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof Results.NobodyReads) {
                return Exit.DONE;
            }
        }
        boolean verbose = parsed.originalArgs().contains("-v");
        Common common = AuditTrail.common(program.getCommandSpec());
        Log log = common == null ? null : common.log;
        if (log != null) {
            explain(e).lines().forEach(line -> log.error(line, null, null));
        } else {
            program.getErr().println("carom: " + shown(explain(e)));
        }
        if (verbose) {
            e.printStackTrace(program.getErr());
        }
        return Exit.FAILED;
    }

    /// What was said of a fault may hold parts of files: on a terminal it is only shown.
    private static String shown(String text) {
        return text.lines().map(line -> Shown.text(line, LONGEST)).collect(Collectors.joining("\n"));
    }

    static String explain(Throwable e) {
        return switch (e) {
            case ConfigException x -> String.join("\n", x.faults());
            case LakeException x -> String.valueOf(x.getMessage());
            case UncheckedIOException x -> explain(Objects.requireNonNull(x.getCause()));
            case NoSuchFileException x -> x.getFile() + ": no such file or folder";
            case AccessDeniedException x -> x.getFile() + ": no permission";
            case FileAlreadyExistsException x -> x.getFile() + ": is there already; name another";
            case NotDirectoryException x -> x.getFile() + ": is no folder";
            case DirectoryNotEmptyException x -> x.getFile() + ": is not empty";
            case FileSystemException x when x.getReason() != null -> x.getFile() + ": " + x.getReason();
            case FileSystemException x -> x.getFile() + ": cannot be used";
            case CharacterCodingException x -> "a file that is to be text in UTF-8 is not; save it as UTF-8";
            case OutOfMemoryError x ->
                "it needs more memory than the " + (Runtime.getRuntime().maxMemory() >> 20)
                        + " MB it may have; give it more, as by CAROM_JAVA_OPTS=-Xmx2g. What was committed is kept.";
            case InterruptedException x -> "stopped; what was committed is kept";
            case IOException x when x.getMessage() != null -> String.valueOf(x.getMessage());
            default -> "an error of carom's own: " + e + " (run again with -v for where, and report it)";
        };
    }
}
