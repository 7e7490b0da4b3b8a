package kafkastack;

import java.lang.management.ManagementFactory;
import java.util.Map;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.DynamicMBean;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.ObjectName;

/** Beans like those that Kafka registers: the kind of a metric is the last part of its class' name. */
final class FakeBeans {
    private FakeBeans() {}

    public interface GaugeMBean {
        Object getValue();
    }

    public record Gauge(Object value) implements GaugeMBean {
        @Override
        public Object getValue() {
            return value;
        }
    }

    public interface MeterMBean {
        long getCount();

        double getOneMinuteRate();
    }

    public record Meter(long count, double rate) implements MeterMBean {
        @Override
        public long getCount() {
            return count;
        }

        @Override
        public double getOneMinuteRate() {
            return rate;
        }
    }

    public interface HistogramMBean {
        long getCount();

        double getMean();

        double get50thPercentile();

        double get95thPercentile();

        double get99thPercentile();

        double get999thPercentile();
    }

    public record Histogram(long count) implements HistogramMBean {
        @Override
        public long getCount() {
            return count;
        }

        @Override
        public double getMean() {
            return 2.5;
        }

        @Override
        public double get50thPercentile() {
            return 1;
        }

        @Override
        public double get95thPercentile() {
            return 2;
        }

        @Override
        public double get99thPercentile() {
            return 3;
        }

        @Override
        public double get999thPercentile() {
            return Double.NaN;
        }
    }

    /** Like the beans of Kafka's newer metrics. */
    private record Attributes(Map<String, Object> values) implements DynamicMBean {
        @Override
        public Object getAttribute(String name) {
            return values.get(name);
        }

        @Override
        public AttributeList getAttributes(String[] names) {
            AttributeList list = new AttributeList();
            for (String name : names) {
                list.add(new Attribute(name, values.get(name)));
            }
            return list;
        }

        @Override
        public MBeanInfo getMBeanInfo() {
            var infos = values.keySet().stream().map(name -> new MBeanAttributeInfo(name, "double", "", true, false, false)).toArray(MBeanAttributeInfo[]::new);
            return new MBeanInfo("KafkaMbean", "", infos, null, null, null);
        }

        @Override
        public void setAttribute(Attribute attribute) {
            throw new UnsupportedOperationException();
        }

        @Override
        public AttributeList setAttributes(AttributeList attributes) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Object invoke(String name, Object[] arguments, String[] signature) {
            throw new UnsupportedOperationException();
        }
    }

    static void register() throws JMException {
        bean("kafka.server:type=ReplicaManager,name=UnderReplicatedPartitions", new Gauge(60));
        bean("kafka.server:type=ReplicaManager,name=UnderMinIsrPartitionCount", new Gauge(0));
        bean("kafka.server:type=KafkaServer,name=BrokerState", new Gauge((byte) 3));
        bean("kafka.server:type=KafkaServer,name=ClusterId", new Gauge("AAAA"));
        bean("kafka.server:type=KafkaRequestHandlerPool,name=RequestHandlerAvgIdlePercent", new Meter(1, 0.75));
        bean("kafka.network:type=SocketServer,name=NetworkProcessorAvgIdlePercent", new Gauge(0.5));
        bean("kafka.server:type=BrokerTopicMetrics,name=BytesInPerSec", new Meter(10, 0));
        for (int topic = 0; topic < 203; topic++) {
            String name = "topic=t%03d".formatted(topic);
            bean("kafka.server:type=BrokerTopicMetrics,name=BytesInPerSec," + name, new Meter(topic, 0));
            bean("kafka.server:type=BrokerTopicMetrics,name=FailedFetchRequestsPerSec," + name, new Meter(topic, 0));
        }
        for (String request : new String[] {"Produce", "Heartbeat"}) {
            bean("kafka.network:type=RequestMetrics,name=TotalTimeMs,request=" + request, new Histogram(4));
        }
        bean("kafka.network:type=RequestMetrics,name=ErrorsPerSec,request=Produce,error=NONE", new Meter(7, 0));
        bean("kafka.network:type=RequestMetrics,name=ErrorsPerSec,request=Produce,error=NOT_CONTROLLER", new Meter(0, 0));
        bean("kafka.log:type=LogManager,name=LogDirectoryOffline,logDirectory=\"/data,0\"", new Gauge(0));
        bean("kafka.server:type=FetcherLagMetrics,name=ConsumerLag,clientId=a,topic=t,partition=0", new Gauge(5));
        for (int partition = 0; partition < 60; partition++) {
            bean("kafka.cluster:type=Partition,name=UnderReplicated,topic=t,partition=" + partition, new Gauge(1));
            bean("kafka.cluster:type=Partition,name=UnderMinIsr,topic=t,partition=" + partition, new Gauge(1));
        }
        bean("kafka.cluster:type=Partition,name=UnderReplicated,topic=well,partition=0", new Gauge(0));
        bean("kafka.server:type=raft-metrics", new Attributes(Map.of("current-state", "leader", "current-leader", 2.0, "commit-latency-avg", Double.NaN)));
        bean("kafka.server:type=socket-server-metrics,listener=CLIENT,networkProcessor=1", new Attributes(Map.of("connection-count", 3.0, "request-rate", 9.0)));
        bean("kafka.server:type=socket-server-metrics,clientSoftwareName=x,clientSoftwareVersion=y,listener=CLIENT,networkProcessor=1", new Attributes(Map.of("connection-count", 1.0)));
        bean("kafka.server:type=Produce,user=a,client-id=b", new Attributes(Map.of("byte-rate", 1.0)));
        bean("org.apache.ZooKeeperService:name0=ReplicatedServer_id2", new Attributes(Map.of("QuorumSize", 3.0)));
        bean("org.apache.ZooKeeperService:name0=ReplicatedServer_id2,name1=replica.2,name2=Follower", new Attributes(Map.of("AvgRequestLatency", 0.5, "PacketsSent", 8.0)));
        bean("org.apache.ZooKeeperService:name0=ReplicatedServer_id2,name1=replica.2,name2=Follower,name3=InMemoryDataTree", new Attributes(Map.of("NodeCount", 6.0)));
        bean("org.apache.ZooKeeperService:name0=ReplicatedServer_id2,name1=replica.2,name2=Follower,name3=Connections,name4=10.0.0.1,name5=0x1", new Attributes(Map.of("AvgLatency", 1.0)));
    }

    private static void bean(String name, Object bean) throws JMException {
        ManagementFactory.getPlatformMBeanServer().registerMBean(bean, new ObjectName(name));
    }
}
