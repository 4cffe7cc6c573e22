package io.carom.cli;

import io.carom.lake.Indexing;
import io.carom.lake.Lake;
import io.carom.lake.LakeWriter;
import io.carom.lake.RetentionFile;
import io.carom.lake.Upkeep;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.ObjectMapper;

/// Care for what is kept.
@Command(
        name = "lake",
        header = {
            "Care for what is kept.",
            "",
            "  carom lake compact --dry-run",
            "  carom lake hold add acme \"case 17\"",
            ""
        },
        subcommands = {
            LakeCommand.Verify.class,
            LakeCommand.Tables.class,
            LakeCommand.Compact.class,
            LakeCommand.Expire.class,
            LakeCommand.IndexCommand.class,
            LakeCommand.HoldCommand.class
        },
        mixinStandardHelpOptions = true)
final class LakeCommand {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Command(
            name = "verify",
            header = {
                "Checks every file against the catalog. With --json what is wrong, then the tables.",
                "",
                "  carom lake verify",
                "  carom lake verify --json --home /srv/carom",
                ""
            },
            mixinStandardHelpOptions = true)
    static final class Verify implements Callable<Integer> {
        @Mixin
        Common common = new Common();

        @Override
        public Integer call() throws Exception {
            try (Lake lake = Lake.open(common.home())) {
                Lake.Verification found = lake.verify();
                for (Lake.Fault fault : found.faults()) {
                    if (common.json) {
                        common.out()
                                .println(JSON.writeValueAsString(JSON.createObjectNode()
                                        .put("path", fault.path())
                                        .put("fault", fault.what())));
                    } else {
                        common.out().println(Shown.text(fault.path(), 300) + " " + Shown.text(fault.what(), 300));
                    }
                }
                if (common.json) {
                    for (Map<String, @Nullable Object> table : lake.tables()) {
                        common.out().println(JSON.writeValueAsString(table));
                    }
                }
                common.note(Shown.count(found.files()) + " files, " + Shown.count(found.rows()) + " rows, "
                        + found.faults().size() + " faults");
                return found.faults().isEmpty() ? Exit.DONE : Exit.FAILED;
            }
        }
    }

    @Command(
            name = "tables",
            header = {"Rows and bytes of each table.", "", "  carom lake tables", "  carom lake tables --json", ""},
            mixinStandardHelpOptions = true)
    static final class Tables implements Callable<Integer> {
        @Mixin
        Common common = new Common();

        @Override
        public Integer call() throws Exception {
            try (Lake lake = Lake.open(common.home())) {
                for (Map<String, @Nullable Object> table : lake.tables()) {
                    common.out()
                            .println(
                                    common.json
                                            ? JSON.writeValueAsString(table)
                                            : table.get("client") + "." + table.get("class") + ": "
                                                    + Shown.count(number(table, "files")) + " files, "
                                                    + Shown.count(number(table, "rows")) + " rows, "
                                                    + Shown.bytes(number(table, "bytes")) + ", "
                                                    + table.get("first_day") + " to " + table.get("last_day"));
                }
                return Exit.DONE;
            }
        }

        private static long number(Map<String, @Nullable Object> table, String column) {
            return table.get(column) instanceof Number n ? n.longValue() : 0;
        }
    }

    @Command(
            name = "compact",
            header = {
                "Puts small files together, and deletes files that no table needs.",
                "",
                "  carom lake compact --dry-run",
                "  carom lake compact --json",
                ""
            },
            mixinStandardHelpOptions = true)
    static final class Compact implements Callable<Integer> {
        @Mixin
        Common common = new Common();

        @Option(names = "--dry-run", description = "Only says what would be done.")
        boolean dryRun;

        @Override
        public Integer call() throws Exception {
            Lake.open(common.home()).close();
            try (LakeWriter writer = Lake.writer(common.home())) {
                print(common, new Upkeep(writer).compact(dryRun), dryRun);
            }
            return Exit.DONE;
        }
    }

    @Command(
            name = "expire",
            header = {
                "Takes away what is past its time, as carom.yaml in the home says by client, class and days.",
                "A client under hold loses nothing.",
                "",
                "  carom lake expire --dry-run",
                "  carom lake expire --json",
                ""
            },
            mixinStandardHelpOptions = true)
    static final class Expire implements Callable<Integer> {
        @Mixin
        Common common = new Common();

        @Option(names = "--dry-run", description = "Only says what would be done.")
        boolean dryRun;

        @Override
        public Integer call() throws Exception {
            Lake.open(common.home()).close();
            List<Upkeep.Retention> rules = RetentionFile.read(common.home());
            if (rules.isEmpty()) {
                common.note(
                        "no retention is set in " + common.home().resolve(RetentionFile.NAME) + ": nothing expires");
            }
            try (LakeWriter writer = Lake.writer(common.home())) {
                Upkeep upkeep = new Upkeep(writer);
                upkeep.holds().stream()
                        .map(Upkeep.Hold::client)
                        .distinct()
                        .forEach(c -> common.note(c + " is under hold and loses nothing"));
                print(common, upkeep.expire(rules, Instant.now(), dryRun), dryRun);
            }
            return Exit.DONE;
        }
    }

    @Command(
            name = "index",
            header = {
                "Makes the sightings index of what is not in it: of an older lake, and anew for a client of whose index"
                        + " something is missing or changed.",
                "",
                "  carom lake index",
                "  carom lake index --all --json",
                ""
            },
            mixinStandardHelpOptions = true)
    static final class IndexCommand implements Callable<Integer> {
        @Mixin
        Common common = new Common();

        @Option(names = "--all", description = "Anew for every client.")
        boolean all;

        @Override
        public Integer call() throws Exception {
            Lake.open(common.home()).close();
            // Attributes are known once the formats are.
            io.carom.source.Sources.installed();
            long[] done = {0, System.nanoTime()};
            try (LakeWriter writer = Lake.writer(common.home())) {
                List<Indexing.Indexed> indexed = new Indexing(writer).run(all, more -> {
                    done[0] += more;
                    if (System.nanoTime() - done[1] > 1_000_000_000L) {
                        common.note(Shown.count(done[0]) + " events indexed");
                        done[1] = System.nanoTime();
                    }
                });
                for (Indexing.Indexed client : indexed) {
                    common.out()
                            .println(
                                    common.json
                                            ? JSON.writeValueAsString(JSON.createObjectNode()
                                                    .put("client", client.client())
                                                    .put("files", client.files())
                                                    .put("rows", client.rows())
                                                    .put("anew", client.anew()))
                                            : client.client() + ": " + Shown.count(client.rows()) + " events of "
                                                    + Shown.count(client.files()) + " files"
                                                    + (client.anew() ? ", anew" : ""));
                }
                common.note(
                        indexed.isEmpty() ? "the index holds all that is kept" : indexed.size() + " clients indexed");
            }
            return Exit.DONE;
        }
    }

    private static void print(Common common, List<Upkeep.Change> changes, boolean dryRun) {
        for (Upkeep.Change c : changes) {
            if (common.json) {
                common.out()
                        .println(JSON.writeValueAsString(JSON.createObjectNode()
                                .put("client", c.client())
                                .put("class", c.table())
                                .put("files_before", c.filesBefore())
                                .put("files", c.filesAfter())
                                .put("rows_before", c.rowsBefore())
                                .put("rows", c.rowsAfter())
                                .put("bytes_before", c.bytesBefore())
                                .put("bytes", c.bytesAfter())
                                .put("dry_run", dryRun)));
            } else {
                common.out()
                        .println(c.client() + "." + c.table() + ": " + Shown.count(c.filesBefore()) + " files to "
                                + Shown.count(c.filesAfter()) + ", " + Shown.count(c.rowsBefore()) + " rows to "
                                + Shown.count(c.rowsAfter()) + ", " + Shown.bytes(c.bytesBefore()) + " to "
                                + (dryRun ? "at most " : "") + Shown.bytes(c.bytesAfter()));
            }
        }
        common.note(
                changes.isEmpty()
                        ? "there is nothing to do"
                        : changes.size() + " tables " + (dryRun ? "would change; nothing was done" : "changed"));
    }

    @Command(
            name = "hold",
            header = {
                "Legal holds: what a client has is kept whatever its age.",
                "",
                "  carom lake hold add acme \"case 17\"",
                "  carom lake hold list",
                ""
            },
            subcommands = {HoldCommand.Add.class, HoldCommand.Remove.class, HoldCommand.Listing.class},
            mixinStandardHelpOptions = true)
    static final class HoldCommand {
        @Command(name = "add", description = "Holds what a client has.", mixinStandardHelpOptions = true)
        static final class Add implements Callable<Integer> {
            @Mixin
            Common common = new Common();

            @Parameters(index = "0", paramLabel = "CLIENT", description = "Whose events.")
            String client = "";

            @Parameters(index = "1", paramLabel = "REASON", description = "Why they are held.")
            String reason = "";

            @Override
            public Integer call() throws Exception {
                try (LakeWriter writer = Lake.writer(common.home())) {
                    new Upkeep(writer).hold(client, reason, Instant.now());
                }
                return Exit.DONE;
            }
        }

        @Command(name = "remove", description = "Lifts a hold.", mixinStandardHelpOptions = true)
        static final class Remove implements Callable<Integer> {
            @Mixin
            Common common = new Common();

            @Parameters(index = "0", paramLabel = "CLIENT", description = "Whose events.")
            String client = "";

            @Parameters(index = "1", arity = "0..1", paramLabel = "REASON", description = "Only this one.")
            @Nullable
            String reason;

            @Override
            public Integer call() throws Exception {
                try (LakeWriter writer = Lake.writer(common.home())) {
                    int lifted = new Upkeep(writer).lift(client, reason);
                    common.note(lifted + " holds lifted");
                    return lifted > 0 ? Exit.DONE : Exit.FAILED;
                }
            }
        }

        @Command(name = "list", description = "The holds there are.", mixinStandardHelpOptions = true)
        static final class Listing implements Callable<Integer> {
            @Mixin
            Common common = new Common();

            @Override
            public Integer call() throws Exception {
                Lake.open(common.home()).close();
                try (LakeWriter writer = Lake.writer(common.home())) {
                    for (Upkeep.Hold hold : new Upkeep(writer).holds()) {
                        common.out()
                                .println(
                                        common.json
                                                ? JSON.writeValueAsString(JSON.createObjectNode()
                                                        .put("client", hold.client())
                                                        .put("reason", hold.reason())
                                                        .put("since", Shown.time(hold.since())))
                                                : hold.client() + "  " + Shown.time(hold.since()) + "  "
                                                        + Shown.text(hold.reason(), 200));
                    }
                }
                return Exit.DONE;
            }
        }
    }
}
