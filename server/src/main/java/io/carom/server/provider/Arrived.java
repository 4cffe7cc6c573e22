package io.carom.server.provider;

import io.carom.server.account.Role;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Somebody whom a provider vouched for and a rule lets in.
///
/// @param provider by its name in `sign-in.yaml`
/// @param subject as whom the provider knows them, always
/// @param account what a new account of theirs is called
/// @param client whose; null for those who work for all
/// @param session by which the provider knows theirs; empty where it does not say
/// @param token that the provider gave: it is shown to it to end that session
/// @param until when that session is over; null where it does not say
/// @param once what vouches for them, where that is not good for one sign-in alone by itself; null else
public record Arrived(
        String provider,
        String issuer,
        String subject,
        String account,
        Role role,
        @Nullable String client,
        String session,
        String token,
        @Nullable Instant until,
        @Nullable Once once) {
    /// Between a provider's name and that of its people. No provider's name has it, so that accounts of
    /// two are two.
    public static final String BETWEEN = "~";

    private static final int LONGEST = 100;
    private static final int LONGEST_SUBJECT = 255;

    /// Somebody, as a provider names them.
    static String subject(@Nullable String said) throws NotAdmitted {
        if (said == null || said.isBlank() || said.length() > LONGEST_SUBJECT) {
            throw NotAdmitted.wrong("it names nobody");
        }
        return said;
    }

    static Arrived of(
            Provider provider,
            String subject,
            Claims claims,
            String session,
            String token,
            @Nullable Instant until,
            @Nullable Once once)
            throws NotAdmitted {
        Admission.Grant grant = provider.admission()
                .of(claims)
                .orElseThrow(() -> NotAdmitted.nobody(
                        "no rule of " + SignInFile.NAME + " lets in \"" + subject + "\", whom the provider says to be "
                                + shown(claims, provider),
                        new NotAdmitted.Known(provider.name(), provider.issuer(), subject)));
        List<String> names = claims.of(provider.nameClaim());
        return new Arrived(
                provider.name(),
                provider.issuer(),
                subject,
                provider.name() + BETWEEN + plain(names.isEmpty() ? subject : names.getFirst()),
                grant.role(),
                grant.client(),
                session,
                token,
                until,
                once);
    }

    private static String shown(Claims claims, Provider provider) {
        List<String> names = claims.of(provider.nameClaim());
        return names.isEmpty() ? "without a name" : "\"" + plain(names.getFirst()) + "\"";
    }

    /// Letters that look like no others, none that a page would be led astray by.
    private static String plain(String name) {
        String cut = name.length() <= LONGEST ? name : name.substring(0, LONGEST);
        return cut.replaceAll("[^A-Za-z0-9._@+-]", "_");
    }
}
