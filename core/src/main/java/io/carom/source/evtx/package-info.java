/// Windows event logs in their binary form (EVTX): a stream of bytes in, flat fields and JSON out.
///
/// {@link io.carom.source.evtx.EvtxReader} cuts the stream into 64 KiB chunks, {@link
/// io.carom.source.evtx.Chunk} cuts a chunk into records, {@link io.carom.source.evtx.BinXml} turns a
/// record's binary XML into fields by running the {@link io.carom.source.evtx.Program} its template was
/// compiled to once.
///
/// Sources of the facts: Microsoft's open specification MS-EVEN6 (section 2.2.12, BinXml) and the
/// description of the file format by the libevtx project, "Windows XML Event Log (EVTX) format".
@NullMarked
package io.carom.source.evtx;

import org.jspecify.annotations.NullMarked;
