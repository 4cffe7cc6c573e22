/// The buffer on disk between whoever receives records and whoever reads them: what a sender was
/// thanked for is in it, whatever happens next. Append-only segments of checksummed frames, bounded,
/// deleted from the front once nobody needs them any more.
@NullMarked
package io.carom.spool;

import org.jspecify.annotations.NullMarked;
