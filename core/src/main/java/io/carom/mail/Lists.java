package io.carom.mail;

import io.carom.config.ConfigException;
import io.carom.config.Faults;
import io.carom.config.YamlNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// What is known of the world: who hosts for anyone, who shortens addresses, which names are
/// pretended to be (`hosts.yaml`, `brands.yaml` beside this class).
public final class Lists {
    /// A name that mails pretend to be of.
    ///
    /// @param name words, in lower case
    /// @param domains its own mails come from
    /// @param word whether it is a word that means something else as well
    public record Brand(String name, List<String> domains, boolean word) {}

    private static final Lists OWN = new Lists();

    private final Map<String, Set<String>> hosts = new HashMap<>();
    private final List<String> redirectors = new ArrayList<>();
    private final List<Brand> brands = new ArrayList<>();
    private final Map<String, List<Brand>> brandsByFirst = new HashMap<>();

    /// Hosts where many have something, and the domains of brands.
    private final Set<String> shared = new HashSet<>();

    private Lists() {
        node("hosts.yaml").members().forEach((kind, names) -> {
            Set<String> set = new HashSet<>();
            names.elements().forEach(n -> set.add(n.text()));
            hosts.put(kind, set);
            if (kind.equals("redirectors")) {
                redirectors.addAll(set);
            }
        });
        for (YamlNode brand : node("brands.yaml").elements()) {
            Map<String, YamlNode> members = brand.members(List.of("name", "domains", "word"));
            Brand one = new Brand(
                    Objects.requireNonNull(members.get("name")).text(),
                    Objects.requireNonNull(members.get("domains")).elements().stream()
                            .map(YamlNode::text)
                            .toList(),
                    members.containsKey("word"));
            brands.add(one);
            String first = Words.of(one.name).getFirst();
            brandsByFirst.computeIfAbsent(first, k -> new ArrayList<>()).add(one);
            shared.addAll(one.domains);
        }
        for (String kind : List.of("hosting", "shorteners", "senders", "free-mail")) {
            shared.addAll(hosts.getOrDefault(kind, Set.of()));
        }
    }

    /// Carom's own lists.
    public static Lists own() {
        return OWN;
    }

    /// The document of a resource beside this class, which is checked by the tests.
    static YamlNode node(String resource) {
        Faults faults = new Faults(resource);
        try (InputStream in = Lists.class.getResourceAsStream(resource)) {
            String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            YamlNode node = YamlNode.parse(text, faults);
            faults.throwIfAny();
            return Objects.requireNonNull(node);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ConfigException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Whether a host or a domain above it is listed.
    ///
    /// @param kind as `hosts.yaml` names it
    public boolean has(String kind, String host) {
        return holds(hosts.getOrDefault(kind, Set.of()), host);
    }

    private static boolean holds(Set<String> domains, String host) {
        String at = host;
        while (true) {
            if (domains.contains(at)) {
                return true;
            }
            int dot = at.indexOf('.');
            if (dot < 0) {
                return false;
            }
            at = at.substring(dot + 1);
        }
    }

    /// Whether a host is one where many have something: mail, pages, short addresses, a large brand.
    public boolean isShared(String host) {
        return holds(shared, host);
    }

    /// Whether the last label is one that lures prefer.
    public boolean isRiskyEnding(String host) {
        return hosts.getOrDefault("risky-endings", Set.of()).contains(host.substring(host.lastIndexOf('.') + 1));
    }

    /// Whether an address leads on to another by way of a page that others trust.
    ///
    /// @param address host and path, in lower case
    public boolean isRedirector(String address) {
        for (String redirector : redirectors) {
            int at = address.indexOf(redirector);
            if (at == 0 || at > 0 && address.charAt(at - 1) == '.' && address.indexOf('/') > at - 1) {
                return true;
            }
        }
        return false;
    }

    /// The brands that are named in a text of words, whole words only.
    public List<Brand> brands(List<String> words) {
        List<Brand> found = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            for (Brand brand : brandsByFirst.getOrDefault(words.get(i), List.of())) {
                List<String> name = Words.of(brand.name);
                if (i + name.size() <= words.size()
                        && words.subList(i, i + name.size()).equals(name)
                        && !found.contains(brand)) {
                    found.add(brand);
                }
            }
        }
        return found;
    }

    /// The brands whose names mean nothing else that are named in a text of words.
    public List<Brand> plainBrands(List<String> words) {
        return brands(words).stream().filter(b -> !b.word).toList();
    }

    /// Whether a word is a letter away from a brand's name: `microsft`.
    public boolean isNearlyBrand(String word) {
        return brands.stream()
                .map(Brand::name)
                .anyMatch(n -> n.length() >= 7
                        && Math.abs(n.length() - word.length()) <= 1
                        && !n.equals(word)
                        && n.charAt(0) == word.charAt(0)
                        && io.carom.mail.name.LookAlikes.distance(word, n, 1) == 1);
    }

    public List<Brand> brands() {
        return List.copyOf(brands);
    }
}
