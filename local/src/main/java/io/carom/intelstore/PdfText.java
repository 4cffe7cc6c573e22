package io.carom.intelstore;

import com.google.auto.service.AutoService;
import io.carom.intel.DocumentText;
import io.carom.intel.IntelDocument;
import java.io.IOException;
import java.text.Normalizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.contentstream.operator.Operator;
import org.apache.pdfbox.cos.COSBase;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.graphics.form.PDFormXObject;
import org.apache.pdfbox.text.PDFTextStripper;
import org.apache.pdfbox.text.TextPosition;

/// The text of a PDF, page by page. Its pages and letters are counted, the time is bounded, and {@link
/// PdfStreams} looks first whether anything in it unpacks to more than a document has.
@AutoService(DocumentText.class)
public final class PdfText implements DocumentText {
    private static final int MAX_BYTES = 64 << 20;
    private static final int MAX_PAGES = 2_000;
    private static final int MAX_CHARS = 16 << 20;
    private static final int MAX_FORMS = 20_000;
    private static final Duration MAX_TIME = Duration.ofSeconds(60);

    // Held, for a logger that nobody holds forgets its level. What is wrong with a document is told by
    // us.
    private static final List<Logger> SILENT =
            List.of(Logger.getLogger("org.apache.pdfbox"), Logger.getLogger("org.apache.fontbox"));

    static {
        SILENT.forEach(l -> l.setLevel(Level.OFF));
    }

    @Override
    public boolean reads(IntelDocument.Format format) {
        return format == IntelDocument.Format.PDF;
    }

    @Override
    public int maxBytes() {
        return MAX_BYTES;
    }

    @Override
    public List<Piece> pieces(byte[] bytes) throws IOException {
        PdfStreams.check(bytes);
        try (PDDocument document = Loader.loadPDF(bytes)) {
            if (document.isEncrypted()) {
                throw new Refused("it is locked with a password; save it without");
            }
            int pages = document.getNumberOfPages();
            if (pages > MAX_PAGES) {
                throw new Refused("it has " + pages + " pages; at most " + MAX_PAGES + " are read. Split it");
            }
            if (pages == 0) {
                throw new Refused("it has no pages");
            }
            Bounded reader = new Bounded();
            List<Piece> pieces = new ArrayList<>();
            for (int page = 1; page <= pages; page++) {
                reader.setStartPage(page);
                reader.setEndPage(page);
                // Ligatures are letters, and what is set in full width is meant as usual.
                String text = Normalizer.normalize(reader.getText(document), Normalizer.Form.NFKC);
                pieces.add(new Piece("page " + page, true, text));
            }
            return pieces;
        } catch (Refused e) {
            throw e;
        } catch (GivenUp e) {
            throw new Refused(String.valueOf(e.getMessage()));
        } catch (IOException | RuntimeException e) {
            throw new Refused("it is damaged and cannot be read (" + cut(e) + ")");
        } catch (StackOverflowError e) {
            throw new Refused("it is nested deeper than any document");
        } catch (OutOfMemoryError e) {
            throw new Refused("it takes more memory than there is");
        }
    }

    private static String cut(Exception e) {
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return message.length() > 120 ? message.substring(0, 120) + "…" : message;
    }

    /// Unchecked, for the library goes on after an exception of reading.
    private static final class GivenUp extends RuntimeException {
        private static final long serialVersionUID = 1;

        GivenUp(String why) {
            super(why);
        }
    }

    /// Gives up where a document asks for more than it may have.
    private static final class Bounded extends PDFTextStripper {
        private final long end = System.nanoTime() + MAX_TIME.toNanos();
        private long chars;
        private int operators;
        private int forms;

        private void time() {
            if (System.nanoTime() - end > 0) {
                throw new GivenUp("it takes more than " + MAX_TIME.toSeconds() + " s to read; print it to a new PDF");
            }
        }

        @Override
        public void showForm(PDFormXObject form) throws IOException {
            if (++forms > MAX_FORMS) {
                throw new GivenUp("its drawings call each other more often than any document's; print it to a new PDF");
            }
            super.showForm(form);
        }

        @Override
        protected void processOperator(Operator operator, List<COSBase> operands) throws IOException {
            if ((++operators & 0xFF) == 0) {
                time();
            }
            super.processOperator(operator, operands);
        }

        @Override
        protected void processTextPosition(TextPosition text) {
            if (++chars <= MAX_CHARS) {
                super.processTextPosition(text);
            }
        }

        @Override
        public String getText(PDDocument document) throws IOException {
            String text = super.getText(document);
            if (chars > MAX_CHARS) {
                throw new Refused("it has more than " + MAX_CHARS + " letters; split it");
            }
            return text;
        }
    }
}
