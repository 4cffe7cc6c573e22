package io.carom.cli;

import io.carom.cases.Cases;
import io.carom.config.ConfigException;
import io.carom.party.Parties;
import io.carom.party.PartiesFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The parties that commands about kept incidents go by: those of the file that was named, of the home, or of the
/// latest investigation.
final class KnownParties {
    private KnownParties() {}

    static Parties of(Common common, Cases cases, @Nullable Path file) throws IOException, ConfigException {
        if (file != null) {
            return PartiesFile.read(file);
        }
        Path own = common.home().resolve("parties.yaml");
        if (Files.isRegularFile(own)) {
            return PartiesFile.read(own);
        }
        String text = cases.parties();
        return text.isEmpty() ? Parties.NONE : PartiesFile.parse(text, "parties of the latest investigation");
    }
}
