package io.carom.advise;

import io.carom.config.ConfigException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/// One mail of plain text, by the mail server of the home's `advise.yaml`.
///
/// @param id what it is told apart by: the same letter sent again has the same
public record Letter(String id, String to, String subject, String text) {
    public Letter {
        if (!id.matches("[A-Za-z0-9.-]{1,100}") || !isAddress(to)) {
            throw new IllegalArgumentException("a letter needs an identifier and a mail address");
        }
    }

    public static boolean isAddress(String text) {
        return AdviseSettings.ADDRESS.matcher(text).matches();
    }

    /// @throws IOException if the home names no mail server, or that one does not take it
    public void send(Path home, Instant now) throws IOException {
        AdviseSettings.Smtp server;
        try {
            server = AdviseSettings.of(home).smtp();
        } catch (ConfigException e) {
            throw new IOException(e.getMessage(), e);
        }
        if (server == null) {
            throw new IOException("mail needs a server: smtp in " + AdviseSettings.FILE);
        }
        MailDelivery.hand(server, List.of(to), MailMessage.plain(id, server.from(), to, subject, text, now));
    }
}
