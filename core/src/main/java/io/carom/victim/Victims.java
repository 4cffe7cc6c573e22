package io.carom.victim;

import crawlercommons.domains.EffectiveTldFinder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Names from an intruder's server to the clients they mean.
///
/// Tried are: a client's domain, whole or within a host name; its name, its brand, its domain's label, its
/// short names, written together or apart, with other words at them, misspelled, in another alphabet, with
/// the trade said in another language, abbreviated. What fits two clients alike means neither, and what is
/// only a common word means nobody. Immutable, safe for many threads; the work for a name does not grow with
/// the number of clients, but for abbreviations.
public final class Victims {
    /// From this confidence a client is named.
    public static final double NAMED = 0.5;

    private final Forms forms;
    private final Words words;
    private final boolean anybody;

    /// @param clients whom names may mean; if there are none, a company's domain within a host name is told
    /// as it
    ///     stands there
    public Victims(Collection<Client> clients) {
        forms = new Forms(clients);
        words = new Words(forms);
        anybody = clients.isEmpty();
    }

    /// @param name a folder, a file, a path, a host name, a URL or a line of text
    public Match find(String name) {
        String text = Written.plain(name.strip());
        HostName whole = HostName.of(text);
        List<Guess> guesses = new ArrayList<>();
        Match match = whole == null ? parts(name, text, guesses) : host(name, whole, guesses);
        if (match == null && whole != null) {
            match = parts(name, behind(text), guesses);
        }
        return match == null ? best(name, guesses) : match;
    }

    /// What stands in a URL behind its host: folders of a server are called after whom they are for.
    private static String behind(String text) {
        int scheme = text.indexOf("://");
        int path = scheme < 0 ? -1 : text.indexOf('/', scheme + 3);
        return path < 0 ? "" : text.substring(path + 1).replaceAll("[?&=#;]+", "/");
    }

    /// The folders of a path, each by itself.
    private @Nullable Match parts(String name, String path, List<Guess> guesses) {
        for (String part : path.split("[/\\\\]+")) {
            HostName host = HostName.of(part);
            Match match = host == null ? null : host(name, host, guesses);
            if (match != null) {
                return match;
            }
            if (host == null) {
                for (String word : part.split("\\s+")) {
                    HostName inside = part.equals(word) ? null : HostName.of(word);
                    match = inside == null ? null : domain(name, inside);
                    if (match != null) {
                        return match;
                    }
                }
                guesses.addAll(words.guesses(part, false));
            }
        }
        return null;
    }

    private @Nullable Match host(String name, HostName host, List<Guess> guesses) {
        Match match = domain(name, host);
        if (match != null) {
            return match;
        }
        String registered = registered(host.part(0, host.size()));
        if (registered == null) {
            // No host but a file with dots in its name.
            guesses.addAll(words.guesses(host.part(0, host.size()), false));
            return null;
        }
        HostName shown = host.inLetters();
        int own = host.size() - registered.split("\\.").length;
        for (int i = 0; i < host.size() - 1; i++) {
            String label = shown.labels().get(i);
            boolean imitates = i == own && Spelling.words(label).stream().anyMatch(w -> imitated(w.text()));
            if (!imitates) {
                guesses.addAll(words.guesses(label, true));
            }
        }
        return null;
    }

    private static boolean imitated(String word) {
        return Words.IMITATED.stream().anyMatch(i -> word.equals(i) || i.length() >= 6 && word.startsWith(i));
    }

    /// A client's domain at the end of a host name or within it.
    private @Nullable Match domain(String name, HostName host) {
        HostName shown = host.inLetters();
        for (int to = host.size(); to > 1; to--) {
            for (int from = 0; from < to - 1; from++) {
                String domain = shown.part(from, to);
                Client owner = forms.ownerOf(domain);
                if (owner != null) {
                    return to == host.size()
                            ? new Match(name, owner.id(), 0.99, "it lies below " + domain + ", the client's own domain")
                            : new Match(
                                    name,
                                    owner.id(),
                                    0.97,
                                    "it carries " + domain + ", the client's domain, before the domain it belongs to");
                }
            }
        }
        return anybody ? embedded(name, host) : null;
    }

    /// A domain that stands before the one a host name belongs to: whom the host was made for.
    private static @Nullable Match embedded(String name, HostName host) {
        String own = registered(host.part(0, host.size()));
        if (own == null) {
            return null;
        }
        int before = host.size() - own.split("\\.").length;
        String inner = before < 2 ? null : registered(host.part(0, before));
        return inner == null
                ? null
                : new Match(name, inner, 0.9, "it carries " + inner + " before " + own + ", the domain it belongs to");
    }

    /// The domain below a public suffix; null if the suffix is not known.
    private static @Nullable String registered(String host) {
        String domain = EffectiveTldFinder.getAssignedDomain(host, true, true);
        return domain == null || domain.isEmpty() ? null : domain;
    }

    private static Match best(String name, List<Guess> guesses) {
        Map<String, Guess> byClient = new LinkedHashMap<>();
        for (Guess guess : guesses) {
            byClient.merge(
                    guess.client().id(),
                    guess,
                    (a, b) -> b.confidence() + 0.1 * b.shared() > a.confidence() + 0.1 * a.shared() ? b : a);
        }
        List<Guess> ranked = byClient.values().stream()
                .sorted(Comparator.comparingDouble((Guess g) -> g.confidence() + 0.1 * g.shared())
                        .thenComparing(g -> g.text().length())
                        .reversed())
                .toList();
        if (ranked.isEmpty() || ranked.getFirst().confidence() < NAMED) {
            return new Match(
                    name,
                    null,
                    0,
                    ranked.isEmpty()
                            ? "nothing in it is like a client's name"
                            : "too little speaks for "
                                    + ranked.getFirst().client().id() + ": "
                                    + ranked.getFirst().why());
        }
        Guess first = longest(ranked);
        for (Guess rival : ranked) {
            // Acme Bank is not Acme: what is only a part of the longer name does not rival it.
            boolean contained = first.text().length() > rival.text().length()
                    && first.text().contains(rival.text());
            if (!rival.equals(first)
                    && rival.confidence() >= NAMED
                    && rival.confidence() > first.confidence() - 0.06
                    && rival.shared() >= first.shared()
                    && first.overlaps(rival)
                    && !contained) {
                return new Match(
                        name,
                        null,
                        0,
                        "it may be " + first.client().id() + " or "
                                + rival.client().id() + ": " + first.why() + "; " + rival.why());
            }
        }
        double confidence = Math.round(Math.min(0.96, first.confidence()) * 100) / 100.0;
        return new Match(name, first.client().id(), confidence, first.why());
    }

    /// The surest; but where that is a part of a longer name that is nearly as sure, the longer.
    private static Guess longest(List<Guess> ranked) {
        Guess best = ranked.getFirst();
        for (Guess other : ranked) {
            if (other.confidence() >= 0.75
                    && other.text().length() > best.text().length()
                    && other.text().contains(best.text())
                    && other.overlaps(best)) {
                best = other;
            }
        }
        return best;
    }
}
