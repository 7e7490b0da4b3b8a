package kafkastack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Whether a copy of the metadata log knows of topics. It is read without Kafka, which may have it open. */
final class MetadataTopics {
    private static final int TOPIC_RECORD = 2;

    private MetadataTopics() {}

    /** Whether a record creates a topic. It may have been deleted since: then this says yes until the next snapshot. */
    static boolean any(Path metadata) throws IOException {
        if (!Files.isDirectory(metadata)) {
            return false;
        }
        try (var files = Files.newDirectoryStream(metadata, "*.{checkpoint,log}")) {
            for (Path file : files) {
                if (createsTopic(file)) {
                    return true;
                }
            }
            return false;
        }
    }

    private static boolean createsTopic(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer content = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            for (RecordBatch batch; content.hasRemaining() && (batch = RecordBatch.next(content)) != null; ) {
                if (batch.hasRecordOf(TOPIC_RECORD)) {
                    return true;
                }
            }
            return false;
        } catch (NoSuchFileException e) {
            return false; // just deleted: a later snapshot has what it had
        }
    }
}
