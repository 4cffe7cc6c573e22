package io.carom.intelstore;

import io.carom.intel.Candidates;
import io.carom.intel.Gathered;
import io.carom.intel.IntelDocument;
import io.carom.intel.Warninglists;
import io.carom.source.input.Inputs;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// Reads intelligence from files, folders, globs and archives, whatever the format.
public final class IntelFiles {
    /// Bytes of a warninglist.
    private static final int MAX_LIST = 64 << 20;

    private IntelFiles() {}

    /// A document and what it gave.
    public record Document(String path, Gathered gathered) {}

    /// @param observed whether what was only observed is wanted too
    /// @param unsure whether candidates of prose that are not certain are taken too
    /// @param refused gets what could not be opened
    public static List<Document> read(List<String> paths, boolean observed, boolean unsure, List<String> refused)
            throws IOException {
        return read(paths, observed, candidate -> unsure || candidate.certain(), refused);
    }

    /// @param taken whether a candidate of prose is an indicator
    public static List<Document> read(
            List<String> paths, boolean observed, Predicate<Candidates.Candidate> taken, List<String> refused)
            throws IOException {
        List<Document> documents = new ArrayList<>();
        Inputs.Listing listing = Inputs.list(paths);
        refused.addAll(listing.missing());
        Inputs.read(listing, new Inputs.Visitor() {
            @Override
            public void input(String path, Instant modified, InputStream bytes) throws IOException {
                Gathered gathered = new Gathered();
                IntelDocument.read(bytes, path, observed, taken, gathered);
                documents.add(new Document(path, gathered));
            }

            @Override
            public void refused(String path, String reason) {
                refused.add(path + ": " + reason);
            }
        });
        return documents;
    }

    /// Reads warninglists from files, folders and archives; in a copy of MISP's repository only its lists.
    public static Warninglists.Read warninglists(List<String> paths) throws IOException {
        Warninglists.Reading reading = new Warninglists.Reading();
        List<String> refused = new ArrayList<>();
        Inputs.Listing listing = Inputs.list(paths);
        refused.addAll(listing.missing());
        boolean many = listing.files().size() > paths.size();
        Inputs.read(listing, new Inputs.Visitor() {
            @Override
            public void input(String path, Instant modified, InputStream bytes) throws IOException {
                if ((many || path.indexOf('!') >= 0) && !path.endsWith("list.json") && !path.endsWith(".txt")) {
                    return;
                }
                byte[] list = bytes.readNBytes(MAX_LIST + 1);
                if (list.length > MAX_LIST) {
                    refused.add(path + ": more than " + (MAX_LIST >> 20) + " MiB in one warninglist");
                } else {
                    reading.take(path, list);
                }
            }

            @Override
            public void refused(String path, String reason) {
                refused.add(path + ": " + reason);
            }
        });
        Warninglists.Read read = reading.done();
        refused.addAll(read.faults());
        return new Warninglists.Read(read.lists(), refused);
    }
}
