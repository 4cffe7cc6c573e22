package io.carom.cli;

import io.carom.lake.Lake;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.ObjectMapper;

/// Care for what is kept.
@Command(
        name = "lake",
        header = {"Care for what is kept.", "", "  carom lake verify", "  carom lake tables --json", ""},
        subcommands = {LakeCommand.Verify.class, LakeCommand.Tables.class},
        mixinStandardHelpOptions = true)
final class LakeCommand {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Command(name = "verify", description = "Checks every file against the catalog.", mixinStandardHelpOptions = true)
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
                        common.out().println(fault.path() + " " + fault.what());
                    }
                }
                common.note(Shown.count(found.files()) + " files, " + Shown.count(found.rows()) + " rows, "
                        + found.faults().size() + " faults");
                return found.faults().isEmpty() ? Exit.DONE : Exit.FAILED;
            }
        }
    }

    @Command(name = "tables", description = "Rows and bytes of each table.", mixinStandardHelpOptions = true)
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
                                            : table.values().toString());
                }
                return Exit.DONE;
            }
        }
    }
}
