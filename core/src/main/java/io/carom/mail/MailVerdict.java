package io.carom.mail;

import io.carom.mail.auth.Authentication;
import java.util.List;
import java.util.Locale;

/// What a mail is, and why.
///
/// Texts of it stand here as they are: to be escaped where they are shown.
///
/// @param score probability of a phish, from 0 to 1, as far as the weights hold
/// @param reasons the weightiest first
/// @param urls that it leads to, each once
/// @param isMail whether it has the header of a mail at all
/// @param cut what was not looked at, in words
public record MailVerdict(
        String messageId,
        String from,
        String subject,
        List<String> to,
        Verdict verdict,
        double score,
        List<Seen> reasons,
        Authentication auth,
        List<String> urls,
        List<String> files,
        boolean isMail,
        List<String> cut) {
    /// A mail is suspicious from here.
    public static final double SUSPICIOUS = 0.5;
    /// A mail is phishing from here.
    public static final double PHISHING = 0.9;

    public MailVerdict {
        to = List.copyOf(to);
        reasons = List.copyOf(reasons);
        urls = List.copyOf(urls);
        files = List.copyOf(files);
        cut = List.copyOf(cut);
    }

    /// What is said of a mail.
    public enum Verdict {
        CLEAN,
        SUSPICIOUS,
        PHISHING;

        /// As it is written.
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Verdict of(double score) {
            return score >= MailVerdict.PHISHING ? PHISHING : score >= MailVerdict.SUSPICIOUS ? SUSPICIOUS : CLEAN;
        }
    }

    /// A reason that was seen.
    ///
    /// @param details what was seen, in the mail's own words
    public record Seen(Reasons.Reason reason, List<String> details) {
        public Seen {
            details = List.copyOf(details);
        }
    }

    /// Whether it is more than clean.
    public boolean isSuspicious() {
        return verdict != Verdict.CLEAN;
    }
}
