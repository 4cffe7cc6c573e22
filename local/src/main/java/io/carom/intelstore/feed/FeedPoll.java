package io.carom.intelstore.feed;

import io.carom.config.ConfigException;
import io.carom.intelstore.IntelStore;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Finds out what is at an address, and asks feeds for what is new.
public final class FeedPoll {
    private static final int LOOK = 64 << 20;

    private final IntelStore store;
    private final Map<String, String> environment;

    /// @param environment names the proxies
    public FeedPoll(IntelStore store, Map<String, String> environment) {
        this.store = store;
        this.environment = Map.copyOf(environment);
    }

    /// Whether something is an address rather than a file.
    public static boolean isAddress(String path) {
        return path.regionMatches(true, 0, "https://", 0, 8) || path.regionMatches(true, 0, "http://", 0, 7);
    }

    private static Credentials credentials(@Nullable Path file) throws IOException, ConfigException {
        return file == null ? Credentials.NONE : Credentials.read(file);
    }

    public List<Feed> add(String address, FeedTerms terms, @Nullable Path credentials)
            throws IOException, ConfigException, InterruptedException {
        return add(address, terms, credentials, null);
    }

    /// The feeds at an address, kept to be asked: the collections of a TAXII server, a MISP feed, a
    /// document.
    ///
    /// @param every how often a server asks them by itself; null for as it was, or every hour
    public List<Feed> add(String address, FeedTerms terms, @Nullable Path credentials, @Nullable Duration every)
            throws IOException, ConfigException, InterruptedException {
        URI url;
        try {
            url = URI.create(address);
        } catch (IllegalArgumentException e) {
            throw new FeedException(address + ": no address: " + e.getMessage(), e);
        }
        try (FeedHttp http = new FeedHttp(credentials(credentials), environment)) {
            List<Feed> feeds = new ArrayList<>();
            for (Feed found : find(url, http, terms, credentials)) {
                feeds.add(keep(found, every));
            }
            return feeds;
        }
    }

    /// Files of this machine, kept to be looked at again.
    public Feed watch(String path, FeedTerms terms, @Nullable Duration every) throws IOException {
        return keep(
                new Feed(Path.of(path).toAbsolutePath().normalize().toString(), Feed.Kind.FILES, terms, null), every);
    }

    private Feed keep(Feed found, @Nullable Duration every) throws IOException {
        Feed known = store.feeds().known(found.url());
        Feed feed = known == null ? found : found.marked(known.mark()).every(known.every());
        feed = every == null ? feed : feed.every(every);
        store.feeds().put(feed);
        return feed;
    }

    private List<Feed> find(URI url, FeedHttp http, FeedTerms terms, @Nullable Path credentials)
            throws IOException, InterruptedException {
        String path = url.getPath() == null ? "" : url.getPath();
        FeedHttp.Answer first = http.get(url, Map.of("Accept", TaxiiPoll.MEDIA_TYPE + ", */*;q=0.1"), LOOK);
        if (first.type().equals("application/taxii+json") || first.status() == 406) {
            if (first.status() != 200) {
                throw TaxiiPoll.refused(first);
            }
            List<Feed> feeds = new ArrayList<>();
            for (String collection : new TaxiiPoll(http).collections(url, first)) {
                feeds.add(new Feed(collection, Feed.Kind.TAXII, terms, credentials));
            }
            return feeds;
        }
        String folder = folder(url);
        boolean manifest = first.status() == 200 && MispPoll.isManifest(first);
        if (manifest || path.endsWith("/hashes.csv") || path.endsWith("/") || path.isEmpty()) {
            if (!new MispPoll(http).events(folder).isEmpty()) {
                return List.of(new Feed(folder, Feed.Kind.MISP, terms, credentials));
            }
        }
        if (first.status() != 200) {
            throw TaxiiPoll.refused(first);
        }
        return List.of(new Feed(url.toString(), Feed.Kind.DOCUMENT, terms, credentials));
    }

    private static String folder(URI url) {
        String text = url.toString();
        int query = text.indexOf('?');
        text = query < 0 ? text : text.substring(0, query);
        return url.getPath() == null || url.getPath().isEmpty()
                ? text + "/"
                : text.substring(0, text.lastIndexOf('/') + 1);
    }

    /// Asks a feed for what is new. What came before it failed is kept, and the next time goes on from
    /// there.
    public List<Polled> poll(Feed feed, Instant now) throws IOException, ConfigException, InterruptedException {
        try {
            List<Polled> polled = feed.kind() == Feed.Kind.FILES ? new FilePoll(store).poll(feed, now) : ask(feed, now);
            store.feeds().polled(feed.url(), now, "");
            return polled;
        } catch (ConfigException e) {
            store.feeds().polled(feed.url(), now, String.valueOf(e.getMessage()));
            throw e;
        } catch (IOException e) {
            store.feeds().polled(feed.url(), now, String.valueOf(e.getMessage()));
            throw e;
        }
    }

    private List<Polled> ask(Feed feed, Instant now) throws IOException, ConfigException, InterruptedException {
        try (FeedHttp http = new FeedHttp(credentials(feed.credentials()), environment)) {
            return switch (feed.kind()) {
                case TAXII -> List.of(new TaxiiPoll(http).poll(feed, store, now));
                case MISP -> new MispPoll(http).poll(feed, store, now);
                case DOCUMENT -> new DocumentPoll(http).poll(feed, store, now);
                case FILES -> List.of();
            };
        }
    }
}
