package io.carom.cli;

import io.carom.cases.Cases;
import io.carom.cases.HomeParties;
import io.carom.config.ConfigException;
import io.carom.party.Parties;
import io.carom.party.PartiesFile;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The parties that commands about kept incidents go by: those of the file that was named, of the home, or of the
/// latest investigation.
final class KnownParties {
    @Option(
            names = "--parties",
            paramLabel = "FILE",
            description = "The parties file (default: the home's, then that of the latest investigation).")
    @Nullable
    Path partiesFile;

    Parties of(Common common, Cases cases) throws IOException, ConfigException {
        return partiesFile != null ? PartiesFile.read(partiesFile) : kept(common, cases);
    }

    /// Those of the home, or of the latest investigation, where no file can be named.
    static Parties kept(Common common, Cases cases) throws IOException, ConfigException {
        return HomeParties.of(common.home(), cases);
    }
}
