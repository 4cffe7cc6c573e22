package io.carom.cli;

import io.carom.lake.Backup;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.ObjectMapper;

/// The whole home into a file.
@Command(
        name = "backup",
        header = {
            "The whole home, lake and all, as one file; also while it is in use.",
            "",
            "  carom backup carom-monday.tar.zst",
            "  carom backup --home /srv/carom /backup/carom.tar.zst --json",
            ""
        },
        mixinStandardHelpOptions = true)
final class BackupCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    Common common = new Common();

    @Parameters(paramLabel = "FILE", description = "The archive: a .tar.zst.")
    Path file = Path.of("");

    @Override
    public Integer call() throws Exception {
        Backup.Copied copied = Backup.backup(common.home(), file);
        if (common.json) {
            common.out()
                    .println(JSON.writeValueAsString(JSON.createObjectNode()
                            .put("file", file.toString())
                            .put("home", common.home().toString())
                            .put("files", copied.files())
                            .put("bytes", copied.bytes())));
        } else {
            common.out()
                    .println(Shown.count(copied.files()) + " files, " + Shown.bytes(copied.bytes()) + " into " + file);
        }
        return Exit.DONE;
    }
}
