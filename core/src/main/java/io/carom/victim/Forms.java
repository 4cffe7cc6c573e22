package io.carom.victim;

import crawlercommons.domains.EffectiveTldFinder;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// All ways in which the clients' names may be written, ready to be looked up. Immutable once made.
final class Forms {
    private static final Vocabulary WORDS = Vocabulary.OWN;
    /// From this length a name with one letter wrong is still that name.
    static final int MISSPELLED = 6;

    /// A client's name as its words, for what is abbreviated word by word.
    record Named(Client client, List<String> words) {}

    private final Map<String, List<Form>> exact = new HashMap<>();
    private final Map<String, List<Form>> meant = new HashMap<>();
    private final Map<String, List<Form>> shortened = new HashMap<>();
    private final Map<String, List<Form>> sounds = new HashMap<>();
    private final Map<String, List<Form>> skeletons = new HashMap<>();
    private final java.util.NavigableMap<String, List<Form>> sorted = new java.util.TreeMap<>();
    private final List<Named> named = new ArrayList<>();
    private final Map<Client, Set<String>> wordsOf = new HashMap<>();
    private final Map<String, Client> domains = new HashMap<>();

    Forms(Collection<Client> clients) {
        Map<String, Set<String>> owners = new HashMap<>();
        for (Client client : clients) {
            for (String name : client.names()) {
                for (String form : spellings(name)) {
                    List<String> core = core(texts(form));
                    core.forEach(word ->
                            owners.computeIfAbsent(word, w -> new HashSet<>()).add(client.id()));
                    if (core.size() > 2) {
                        owners.computeIfAbsent(core.get(0) + core.get(1), w -> new HashSet<>())
                                .add(client.id());
                    }
                }
            }
        }
        for (Client client : clients) {
            for (String name : client.names()) {
                for (String form : spellings(name)) {
                    addName(client, texts(form), owners);
                }
            }
            for (String domain : client.domains()) {
                domains.putIfAbsent(HostName.unicode(domain), client);
                addDomain(client, domain);
            }
            for (String ticker : client.tickers()) {
                String text = String.join("", texts(ticker));
                if (text.length() >= 2) {
                    add(client, Form.Kind.TICKER, text);
                }
            }
        }
    }

    /// A name as it is written, and in the other ways in which its letters are put into Latin ones.
    private static Set<String> spellings(String name) {
        // Lists made on a Mac have `ü` in two characters, of which nothing is known to be written `ue`.
        String plain = Spelling.withoutLegalForms(Normalizer.normalize(name, Normalizer.Form.NFC));
        Set<String> all = new LinkedHashSet<>();
        all.add(plain);
        all.add(Spelling.twoLetters(plain));
        all.add(Spelling.english(plain));
        return all;
    }

    /// The words of a client's name. Legal forms that are written with dots or mixed letters are one word:
    /// S.p.A., GmbH.
    static List<String> texts(String name) {
        List<String> words = new ArrayList<>();
        List<String> cut =
                Spelling.words(name).stream().map(Spelling.Word::text).toList();
        for (int from = 0; from < cut.size(); ) {
            int to = from + 1;
            StringBuilder glued = new StringBuilder(cut.get(from));
            for (int next = from + 1; next < Math.min(cut.size(), from + 4); next++) {
                glued.append(cut.get(next));
                if (WORDS.isLegal(glued.toString())
                        && cut.subList(from, next + 1).stream().anyMatch(w -> w.length() == 1)) {
                    to = next + 1;
                }
            }
            words.add(String.join("", cut.subList(from, to)));
            from = to;
        }
        return words;
    }

    /// The words without legal forms and articles; all words if nothing else is there.
    private static List<String> core(List<String> words) {
        List<String> core = words.stream().filter(w -> !WORDS.isLegal(w)).toList();
        return core.isEmpty() ? (words.isEmpty() ? List.of("") : words) : core;
    }

    private void addName(Client client, List<String> words, Map<String, Set<String>> owners) {
        if (words.isEmpty()) {
            return;
        }
        List<String> core = core(words);
        Set<String> own = wordsOf.computeIfAbsent(client, c -> new HashSet<>());
        words.forEach(w -> own.add(WORDS.meaning(w)));
        add(client, Form.Kind.NAME, String.join("", words));
        add(client, Form.Kind.NAME, String.join("", core));
        add(meant, meaning(core), new Form(client, Form.Kind.NAME, String.join("", core), false));
        int said = core.size();
        while (said > 1 && WORDS.isGeneric(core.get(said - 1))) {
            said--;
        }
        int first = 0;
        while (first < said - 1 && WORDS.isGeneric(core.get(first))) {
            first++;
        }
        List<String> brand = core.subList(first, said);
        if (brand.size() < core.size() && !(brand.size() == 1 && WORDS.isGeneric(brand.getFirst()))) {
            add(client, Form.Kind.BRAND, String.join("", brand));
        }
        if (core.size() > 1) {
            for (String word : core) {
                if (word.length() >= (word.equals(core.getFirst()) ? 5 : 6)
                        && !WORDS.isGeneric(word)
                        && owners.getOrDefault(word, Set.of()).size() == 1) {
                    add(client, Form.Kind.WORD, word);
                }
            }
        }
        if (core.size() > 2) {
            String two = core.get(0) + core.get(1);
            if (two.length() >= 7 && owners.getOrDefault(two, Set.of()).size() == 1) {
                add(client, Form.Kind.WORD, two);
            }
        }
        addInitials(client, core);
        addInitials(client, words);
        addInitials(
                client,
                words.stream().filter(w -> w.length() > 2 || !WORDS.isLegal(w)).toList());
        if (core.size() > 1) {
            named.add(new Named(client, List.copyOf(core)));
        }
        if (brand.size() > 1 && brand.size() < core.size()) {
            named.add(new Named(client, List.copyOf(brand)));
        }
    }

    /// What words mean, whatever their order: Transports Béranger is Béranger Transport.
    static String meaning(List<String> words) {
        return words.stream()
                .filter(w -> !WORDS.isLegal(w))
                .map(WORDS::meaning)
                .sorted()
                .collect(java.util.stream.Collectors.joining(" "));
    }

    private void addInitials(Client client, List<String> words) {
        StringBuilder initials = new StringBuilder();
        words.forEach(w -> initials.append(w.charAt(0)));
        if (initials.length() >= 3 && initials.length() <= 8) {
            add(client, Form.Kind.ACRONYM, initials.toString());
        }
    }

    private void addDomain(Client client, String domain) {
        String found = EffectiveTldFinder.getAssignedDomain(domain, true, false);
        String registered = found == null ? "" : found;
        boolean known = !registered.isEmpty();
        String[] labels = HostName.unicode(known ? registered : domain).split("\\.");
        // The label before the public suffix (co.uk, govt.nz); where none is known, before one of one or two parts.
        boolean two = labels.length >= 3
                && labels[labels.length - 2].length() <= 3
                && labels[labels.length - 1].length() == 2;
        int at = known ? 0 : two ? labels.length - 3 : Math.max(0, labels.length - 2);
        String label = String.join("", texts(labels[at]));
        if (label.length() >= 3) {
            add(client, Form.Kind.LABEL, label);
        }
        String glued = String.join("", texts(HostName.unicode(domain)));
        if (glued.length() >= 6) {
            add(client, Form.Kind.DOMAIN, glued);
        }
    }

    private void add(Client client, Form.Kind kind, String text) {
        if (text.length() < 2) {
            return;
        }
        Form form =
                new Form(client, kind, text, WORDS.isEveryday(text) || WORDS.isGeneric(text) || WORDS.isLegal(text));
        if (!add(exact, text, form) || !kind.isSpelled() || form.weak() || kind == Form.Kind.DOMAIN) {
            return;
        }
        add(sorted, text, form);
        if (text.length() >= MISSPELLED) {
            for (String less : lessLetters(text)) {
                add(shortened, less, form);
            }
        }
        String sound = Spelling.sound(text);
        if (sound.length() >= 3) {
            add(sounds, sound, form);
        }
        String skeleton = Spelling.skeleton(text);
        if (skeleton.length() >= 4 && skeleton.length() < text.length()) {
            add(skeletons, skeleton, form);
        }
    }

    /// False if the client has a surer form of the same text.
    private static boolean add(Map<String, List<Form>> to, String text, Form form) {
        List<Form> there = to.computeIfAbsent(text, t -> new ArrayList<>(1));
        for (int i = 0; i < there.size(); i++) {
            if (there.get(i).client().equals(form.client())) {
                if (there.get(i).kind().sure >= form.kind().sure) {
                    return false;
                }
                there.set(i, form);
                return true;
            }
        }
        there.add(form);
        return true;
    }

    /// The text itself, with one letter less, and with two less where it is long.
    static Set<String> lessLetters(String text) {
        Set<String> all = new LinkedHashSet<>();
        all.add(text);
        for (int i = 0; i < text.length(); i++) {
            all.add(text.substring(0, i) + text.substring(i + 1));
        }
        if (text.length() >= Misspelling.TWO_FROM) {
            for (String less : List.copyOf(all)) {
                for (int i = 0; i < less.length(); i++) {
                    all.add(less.substring(0, i) + less.substring(i + 1));
                }
            }
        }
        return all;
    }

    List<Form> written(String text) {
        return exact.getOrDefault(text, List.of());
    }

    /// Names whose words mean this, as {@link #meaning(List)} joins them.
    List<Form> meant(String words) {
        return meant.getOrDefault(words, List.of());
    }

    /// Forms that may be this text misspelled; to be measured by {@link Misspelling}.
    Set<Form> near(String text) {
        Set<Form> near = new LinkedHashSet<>();
        for (String less : lessLetters(text)) {
            near.addAll(shortened.getOrDefault(less, List.of()));
        }
        return near;
    }

    List<Form> sounding(String text) {
        return sounds.getOrDefault(Spelling.sound(text), List.of());
    }

    List<Form> withoutVowels(String text) {
        return skeletons.getOrDefault(text, List.of());
    }

    /// Forms that are longer and begin so.
    List<Form> beginningWith(String text) {
        List<Form> longer = new ArrayList<>();
        sorted.subMap(text, false, text + '\uffff', false).values().forEach(longer::addAll);
        return longer;
    }

    List<Named> named() {
        return named;
    }

    /// The client whose domain this is; null if nobody's.
    @org.jspecify.annotations.Nullable
    Client ownerOf(String domain) {
        return domains.get(domain);
    }

    /// How many of these words are part of the client's names: whole, begun or misspelled.
    int shared(Client client, Collection<String> words) {
        int shared = 0;
        for (String word : words) {
            if (isOwn(client, word)
                    || word.length() >= 3
                            && wordsOf.getOrDefault(client, Set.of()).stream()
                                    .anyMatch(own -> own.startsWith(word)
                                            || word.length() >= 5 && Misspelling.distance(word, own) <= 1)) {
                shared++;
            }
        }
        return shared;
    }

    /// Whether a word, or one of the same meaning, is part of a name of the client.
    boolean isOwn(Client client, String word) {
        return wordsOf.getOrDefault(client, Set.of()).contains(WORDS.meaning(word));
    }
}
