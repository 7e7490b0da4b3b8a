package kafkastack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A batch of records on disk, in Kafka's format since 0.11. Kafka's own classes for it move between packages from version to version.
 *
 * @param content the whole batch.
 */
record RecordBatch(ByteBuffer content) {
    /** The type of a control record that names a quorum's voters. */
    static final short VOTERS = 6;

    private static final int LENGTH = 8;
    private static final int EPOCH = 12;
    private static final int MAGIC = 16;
    private static final int CRC = 17;
    private static final int ATTRIBUTES = 21;
    private static final int LAST_DELTA = 23;
    private static final int FIRST_TIME = 27;
    private static final int LAST_TIME = 35;
    private static final int PRODUCER = 43;
    private static final int PRODUCER_EPOCH = 51;
    private static final int SEQUENCE = 53;
    private static final int COUNT = 57;
    private static final int RECORDS = 61;
    private static final byte VERSION = 2;
    private static final short CONTROL = 0x20;
    private static final short COMPRESSION = 0x07;

    /** Maps a segment or a snapshot: Kafka begins a new segment at 2 GiB at the latest. */
    static ByteBuffer content(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
        }
    }

    /** Reads the next batch and advances past it. @return null when there is no complete one: it was torn, or is damaged. */
    static RecordBatch next(ByteBuffer from) {
        int start = from.position();
        if (from.remaining() < RECORDS) {
            return null;
        }
        int size = from.getInt(start + LENGTH) + EPOCH;
        if (size < RECORDS || size > from.remaining() || from.get(start + MAGIC) != VERSION) {
            return null;
        }
        ByteBuffer content = from.slice(start, size);
        CRC32C crc = new CRC32C();
        crc.update(content.slice(ATTRIBUTES, size - ATTRIBUTES));
        if ((int) crc.getValue() != content.getInt(CRC)) {
            return null;
        }
        from.position(start + size);
        return new RecordBatch(content);
    }

    long offset() {
        return content.getLong(0);
    }

    long last() {
        return offset() + content.getInt(LAST_DELTA);
    }

    int epoch() {
        return content.getInt(EPOCH);
    }

    /** When its last record was written, in milliseconds since 1970. */
    long written() {
        return content.getLong(LAST_TIME);
    }

    /** The values of its control records of a type. */
    List<ByteBuffer> controlValues(short type) {
        if (!isControl()) {
            return List.of();
        }
        return records().stream().filter(record -> record.key().getShort(2) == type).map(Record::value).toList();
    }

    /** The values of its records, if it has no control records. @throws IOException when they are compressed, which Kafka's metadata never is. */
    List<ByteBuffer> dataValues() throws IOException {
        if (isControl()) {
            return List.of();
        }
        if ((content.getShort(ATTRIBUTES) & COMPRESSION) != 0) {
            throw new IOException("the metadata log has compressed records");
        }
        return records().stream().map(Record::value).toList();
    }

    private boolean isControl() {
        return (content.getShort(ATTRIBUTES) & CONTROL) != 0;
    }

    private record Record(ByteBuffer key, ByteBuffer value) {}

    private List<Record> records() {
        List<Record> found = new ArrayList<>();
        ByteBuffer records = content.slice(RECORDS, content.limit() - RECORDS);
        for (int left = content.getInt(COUNT); left > 0; left--) {
            int length = varint(records);
            ByteBuffer record = records.slice(records.position(), length);
            records.position(records.position() + length);
            record.get(); // attributes
            unsigned(record); // time, a long; of control records it is that of the batch
            varint(record); // offset
            found.add(new Record(field(record), field(record)));
        }
        return found;
    }

    /** A batch with one control record. */
    static ByteBuffer control(long offset, int epoch, long time, short type, byte[] value) {
        ByteBuffer record = ByteBuffer.allocate(value.length + 32);
        record.put((byte) 0);
        putVarint(record, 0);
        putVarint(record, 0);
        putVarint(record, 4);
        record.putShort((short) 0).putShort(type);
        putVarint(record, value.length);
        record.put(value);
        putVarint(record, 0);
        record.flip();
        ByteBuffer length = ByteBuffer.allocate(5);
        putVarint(length, record.remaining());
        length.flip();
        int size = RECORDS + length.remaining() + record.remaining();
        ByteBuffer batch = ByteBuffer.allocate(size);
        batch.putLong(0, offset).putInt(LENGTH, size - EPOCH).putInt(EPOCH, epoch).put(MAGIC, VERSION);
        batch.putShort(ATTRIBUTES, CONTROL).putInt(LAST_DELTA, 0).putLong(FIRST_TIME, time).putLong(LAST_TIME, time);
        batch.putLong(PRODUCER, -1).putShort(PRODUCER_EPOCH, (short) -1).putInt(SEQUENCE, -1).putInt(COUNT, 1);
        batch.position(RECORDS).put(length).put(record).flip();
        CRC32C crc = new CRC32C();
        crc.update(batch.slice(ATTRIBUTES, size - ATTRIBUTES));
        return batch.putInt(CRC, (int) crc.getValue());
    }

    private static ByteBuffer field(ByteBuffer from) {
        int length = varint(from);
        ByteBuffer field = from.slice(from.position(), Math.max(0, length));
        from.position(from.position() + Math.max(0, length));
        return field;
    }

    private static int varint(ByteBuffer from) {
        long value = unsigned(from);
        return (int) ((value >>> 1) ^ -(value & 1));
    }

    /** Reads an unsigned number of variable length. */
    static long unsigned(ByteBuffer from) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = from.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    private static void putVarint(ByteBuffer to, int value) {
        int left = (value << 1) ^ (value >> 31);
        for (; (left & ~0x7f) != 0; left >>>= 7) {
            to.put((byte) (left | 0x80));
        }
        to.put((byte) left);
    }
}
