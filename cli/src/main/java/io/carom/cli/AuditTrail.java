package io.carom.cli;

import io.carom.cases.Cases;
import io.carom.home.HomeLayout;
import io.carom.server.audit.AuditEntry;
import io.carom.server.audit.AuditLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import tools.jackson.databind.node.ObjectNode;

/// What the command line changes in a home stands in the home's audit log beside what its pages change:
/// a line before anything is done, without which it is not done, and one more where it failed. A
/// command that is not in the table here fails `AuditTrailTest`.
final class AuditTrail {
    /// What a command does to the home.
    enum Does {
        /// Changes it.
        CHANGE,
        /// Changes it when this is said: an argument's name, as its help has it.
        CHANGE_IF_SAID,
        /// Takes all of it out.
        COPY,
        /// Makes one: told when it is there.
        MAKE,
        /// Nothing.
        NOTHING,
        /// Keeps a log of its own, chained too.
        OWN_LOG
    }

    static final Map<String, Does> TABLE = table();

    private static final Pattern INCIDENT = Pattern.compile("inc-[0-9a-f]{12}");
    private static final Pattern IN_ADDRESS = Pattern.compile("(?<=://)[^/@\\s]+(?=@)");

    private AuditTrail() {}

    private static Map<String, Does> table() {
        Map<String, Does> all = new TreeMap<>();
        for (String changes : new String[] {
            "advise",
            "advise ack",
            "advise remind",
            "advise sightings",
            "incidents ack",
            "incidents assign",
            "incidents close",
            "incidents contain",
            "incidents merge",
            "incidents note",
            "incidents reopen",
            "incidents split",
            "incidents suppress",
            "incidents unsuppress",
            "ingest",
            "intel add",
            "intel poll",
            "intel remove",
            "investigate",
            "hunt",
            "lake compact",
            "lake expire",
            "lake hold add",
            "lake hold remove",
            "lake index",
            "mail train",
            "serve",
            "serve account add",
            "serve account remove",
            "upgrade"
        }) {
            all.put(changes, Does.CHANGE);
        }
        all.put("incidents clock", Does.CHANGE_IF_SAID);
        all.put("parties import", Does.CHANGE_IF_SAID);
        all.put("backup", Does.COPY);
        all.put("intel export", Does.COPY);
        all.put("restore", Does.MAKE);
        all.put("demo", Does.MAKE);
        for (String own : new String[] {
            "audit",
            "drill",
            "export",
            "federate",
            "hold",
            "init",
            "invite",
            "join",
            "list",
            "refresh",
            "revoke",
            "start"
        }) {
            all.put("mail network " + own, Does.OWN_LOG);
        }
        for (String reads : new String[] {
            "advise status",
            "audit",
            "audit verify",
            "bench hunt",
            "bench ingest",
            "bench mail",
            "bench mail-network",
            "bench pages",
            "bench readers",
            "bench serve",
            "bench taxii",
            "bench tracing",
            "campaigns",
            "convert",
            "detect",
            "generate-completion",
            "help",
            "incidents",
            "incidents suppressions",
            "intel",
            "intel list",
            "intel match",
            "lake hold list",
            "lake tables",
            "lake verify",
            "mail",
            "mail make",
            "mail network",
            "mail scan",
            "mail story",
            "parties",
            "parties show",
            "parties suggest",
            "parties whois",
            "query",
            "rules",
            "rules check",
            "rules coverage",
            "rules list",
            "rules test",
            "scenario",
            "serve account",
            "serve account list",
            "sources",
            "trace",
            "victims"
        }) {
            all.put(reads, Does.NOTHING);
        }
        return Map.copyOf(all);
    }

    /// Runs what was asked for, with its lines in the log.
    static int run(ParseResult parsed) {
        CommandLine.IExecutionStrategy plain = new CommandLine.RunLast();
        StringBuilder name = new StringBuilder();
        ParseResult last = parsed;
        while (last.hasSubcommand()) {
            last = last.subcommand();
            name.append(name.isEmpty() ? "" : " ").append(last.commandSpec().name());
        }
        Common common = common(last.commandSpec());
        String did = did(name.toString(), last);
        if (common == null || last.isUsageHelpRequested() || last.isVersionHelpRequested()) {
            return plain.execute(parsed);
        }
        CommandLine program = last.commandSpec().commandLine();
        boolean makes = TABLE.get(name.toString()) == Does.MAKE;
        // A home that is restored brings its layout along, and who upgrades none begins none.
        boolean begins = did != null && !makes && !name.toString().equals("upgrade");
        boolean none = layout(common.home(), begins, program) == HomeLayout.NONE;
        if (did == null || name.toString().equals("upgrade") && !Files.isDirectory(common.home())) {
            int exit = plain.execute(parsed);
            if (none) {
                made(common.home(), program);
            }
            return exit;
        }
        if (!makes) {
            write(common.home(), entry(common.home(), parsed, last, did, 0), program);
        }
        int exit = Exit.FAILED;
        try {
            exit = plain.execute(parsed);
            return exit;
        } finally {
            if (makes ? exit == Exit.DONE : exit != Exit.DONE) {
                write(common.home(), entry(common.home(), parsed, last, makes ? did : "failed", exit), program);
            }
        }
    }

    /// A home of a later layout is left alone; one that begins gets this program's.
    ///
    /// @return which it had before
    private static int layout(Path home, boolean begins, CommandLine program) {
        try {
            int before = HomeLayout.of(home);
            if (begins) {
                HomeLayout.begin(home, Version.text());
            }
            HomeLayout.check(home);
            return before;
        } catch (IOException e) {
            throw new CommandLine.ExecutionException(program, "the home is not of this program's layout", e);
        }
    }

    /// Where who asked what is in a home has made it.
    private static void made(Path home, CommandLine program) {
        try {
            HomeLayout.made(home, Version.text());
        } catch (IOException e) {
            throw new CommandLine.ExecutionException(program, "the home's layout cannot be written", e);
        }
    }

    /// Null where nothing is written.
    private static @Nullable String did(String name, ParseResult parsed) {
        boolean tries = parsed.hasMatchedOption("--dry-run") || parsed.hasMatchedOption("--candidates");
        return switch (TABLE.getOrDefault(name, Does.NOTHING)) {
            case CHANGE, MAKE -> tries ? null : "change";
            case CHANGE_IF_SAID -> parsed.hasMatchedPositional(1) || parsed.hasMatchedOption("--to") ? "change" : null;
            case COPY -> "read";
            case NOTHING, OWN_LOG -> null;
        };
    }

    static @Nullable Common common(CommandSpec of) {
        return of.mixins().values().stream()
                .map(CommandSpec::userObject)
                .filter(Common.class::isInstance)
                .map(Common.class::cast)
                .findFirst()
                .orElse(null);
    }

    private static AuditEntry entry(Path home, ParseResult parsed, ParseResult last, String did, int exit) {
        String said =
                "carom " + parsed.originalArgs().stream().map(AuditTrail::shown).collect(Collectors.joining(" "));
        String client = last.matchedOptionValue("--client", (String) null);
        return new AuditEntry(
                who(),
                "command line",
                "this machine",
                did,
                exit == 0 ? said : said + " (exit " + exit + ")",
                client != null ? client : clientOf(home, said),
                0);
    }

    /// As one would type it, without passwords that stand in addresses.
    private static String shown(String argument) {
        String safe = IN_ADDRESS.matcher(argument).replaceAll("***");
        return safe.matches("[\\x21-\\x7e&&[^'\"\\\\]]+") ? safe : "'" + safe.replace("'", "'\\''") + "'";
    }

    /// The account of the operating system, and who became it by sudo.
    private static String who() {
        String user = ProcessHandle.current().info().user().orElse(System.getProperty("user.name", "somebody"));
        String before = System.getenv("SUDO_USER");
        return before == null || before.isBlank() || before.equals(user) ? user : user + " (" + before + ")";
    }

    /// Whose the incident is that was named.
    private static @Nullable String clientOf(Path home, String said) {
        Matcher incident = INCIDENT.matcher(said);
        if (!incident.find() || !Files.isRegularFile(home.resolve("cases.db"))) {
            return null;
        }
        try (Cases cases = Cases.open(home)) {
            ObjectNode found = cases.incident(incident.group());
            String client = found == null ? "" : found.path("client").asString("");
            return client.isEmpty() ? null : client;
        } catch (IOException e) {
            // The command itself tells what is wrong with it.
            return null;
        }
    }

    private static void write(Path home, AuditEntry entry, CommandLine program) {
        try (AuditLog log = AuditLog.open(home)) {
            log.add(entry, Instant.now());
        } catch (IOException e) {
            throw new CommandLine.ExecutionException(
                    program,
                    "the audit log cannot be written",
                    new IOException(
                            home.resolve(AuditLog.FILE) + " cannot be written, and what changes the home is"
                                    + " written there first: " + e.getMessage(),
                            e));
        }
    }
}
