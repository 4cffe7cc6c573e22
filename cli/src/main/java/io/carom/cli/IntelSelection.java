package io.carom.cli;

import io.carom.intel.IntelType;
import io.carom.intel.Tlp;
import io.carom.intelstore.IntelStore;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/// Which of the kept indicators are meant.
final class IntelSelection {
    @Option(names = "--type", paramLabel = "TYPE", split = ",", description = "Only these kinds: ip, domain, hash …")
    List<String> types = new ArrayList<>();

    @Option(names = "--source", paramLabel = "NAME", description = "Only of sources that have this in their name.")
    String source = "";

    @Option(
            names = "--tlp",
            paramLabel = "LEVEL",
            description = "Only what may be given to this circle: clear, green, amber, amber+strict, red.")
    @Nullable
    String tlp;

    @Option(names = "--min-confidence", paramLabel = "N", description = "Only those of at least this confidence.")
    int confidence = -1;

    @Option(names = "--inactive", description = "Also what is revoked, gone, past its time, context or a false alarm.")
    boolean inactive;

    List<IntelStore.Kept> of(Common common) throws IOException {
        CommandLine program = Objects.requireNonNull(common.spec).commandLine();
        for (String type : types) {
            if (IntelType.labelled(type) == null) {
                throw new CommandLine.ParameterException(program, "--type: no kind is named \"" + type + "\"");
            }
        }
        Tlp most = tlp == null ? null : Tlp.of(tlp);
        if (tlp != null && most == null) {
            throw new CommandLine.ParameterException(
                    program, "--tlp: expected " + String.join(", ", Tlp.names()) + ", not \"" + tlp + "\"");
        }
        if (!IntelStore.exists(common.home())) {
            return List.of();
        }
        try (IntelStore store = IntelStore.open(common.home())) {
            return store.all(Instant.now()).stream()
                    .filter(k -> inactive || k.active())
                    .filter(k -> types.isEmpty()
                            || types.contains(k.indicator().type().label()))
                    .filter(k -> source.isEmpty()
                            || k.origins().stream()
                                    .anyMatch(o -> o.facts()
                                            .source()
                                            .toLowerCase(Locale.ROOT)
                                            .contains(source.toLowerCase(Locale.ROOT))))
                    .filter(k -> k.indicator().facts().confidence() >= confidence)
                    .filter(k -> within(k.indicator().facts().tlp(), most))
                    .toList();
        }
    }

    /// What nobody marked may be given to nobody but those who may have everything.
    private static boolean within(@Nullable Tlp tlp, @Nullable Tlp most) {
        return most == null || most == Tlp.RED || tlp != null && tlp.compareTo(most) <= 0;
    }
}
