package io.carom.phishing;

import java.time.Instant;
import java.util.List;

/// What is known of a phish and those sent with it.
///
/// Texts of mails stand here as they are: to be escaped where they are shown.
///
/// @param messages that lie in mailboxes, the earliest first: the list to pull back by
/// @param hosts that the mails lead to
/// @param deeds what people did with it, the earliest first
/// @param incidents that it is part of
public record PhishStory(
        String from,
        String subject,
        List<Message> messages,
        List<String> urls,
        List<String> hosts,
        List<String> senders,
        List<Deed> deeds,
        List<String> incidents) {
    public PhishStory {
        messages = List.copyOf(messages);
        urls = List.copyOf(urls);
        hosts = List.copyOf(hosts);
        senders = List.copyOf(senders);
        deeds = List.copyOf(deeds);
        incidents = List.copyOf(incidents);
    }

    /// One of its mails.
    ///
    /// @param to who got it
    public record Message(String client, String messageId, Instant time, List<String> to) {
        public Message {
            to = List.copyOf(to);
        }
    }

    /// What came of it.
    ///
    /// @param kind `opened`, `answered` or `signed in`
    /// @param text in words
    public record Deed(String client, String kind, String time, String who, String text) {}
}
