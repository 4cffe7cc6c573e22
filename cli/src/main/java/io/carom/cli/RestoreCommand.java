package io.carom.cli;

import io.carom.lake.Backup;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.ObjectMapper;

/// A home out of a backup.
@Command(
        name = "restore",
        header = {
            "A new home out of a backup, checked before anything is in its place.",
            "",
            "  carom restore --home /srv/carom2 carom-monday.tar.zst",
            "  carom restore carom-monday.tar.zst --json",
            ""
        },
        mixinStandardHelpOptions = true)
final class RestoreCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    Common common = new Common();

    @Parameters(paramLabel = "FILE", description = "The archive: a .tar.zst.")
    Path file = Path.of("");

    @Override
    public Integer call() throws Exception {
        Backup.Copied copied = Backup.restore(file, common.home());
        if (common.json) {
            common.out()
                    .println(JSON.writeValueAsString(JSON.createObjectNode()
                            .put("file", file.toString())
                            .put("home", common.home().toString())
                            .put("files", copied.files())
                            .put("bytes", copied.bytes())));
        } else {
            common.out()
                    .println(Shown.count(copied.files()) + " files, " + Shown.bytes(copied.bytes()) + " restored to "
                            + common.home());
        }
        return Exit.DONE;
    }
}
