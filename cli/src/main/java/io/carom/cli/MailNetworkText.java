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
        if (!text.matches("[1-9]\\d{0,4}[mhd]")) {
            throw new CommandLine.ParameterException(
                    program(common),
                    option + ": expected a time such as 30m, 24h or 7d, not \"" + Shown.text(text, 40) + "\"");
        }
        long n = Long.parseLong(text.substring(0, text.length() - 1));
        return switch (text.charAt(text.length() - 1)) {
            case 'm' -> Duration.ofMinutes(n);
            case 'h' -> Duration.ofHours(n);
            default -> Duration.ofDays(n);
        };
    }

    static CommandLine program(Common common) {
        return Objects.requireNonNull(common.spec).commandLine();
    }
}
