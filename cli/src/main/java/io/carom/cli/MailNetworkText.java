package io.carom.cli;

import io.carom.mailnet.identity.Address;
import java.time.Duration;
import java.util.Objects;
import picocli.CommandLine;

/// What the network's commands read and write alike.
final class MailNetworkText {
    private MailNetworkText() {}

    static Address address(Common common, String text) {
        return Address.of(text)
                .orElseThrow(() -> new CommandLine.ParameterException(
                        program(common),
                        "\"" + Shown.text(text, 100) + "\" is no address such as eva@northgate.example"));
    }

    /// `30m`, `24h`, `7d`
    static Duration time(Common common, String option, String text) {
        return Times.span(program(common), option, text);
    }

    static CommandLine program(Common common) {
        return Objects.requireNonNull(common.spec).commandLine();
    }
}
