package trust

var _ = register(Client{
	Name:  "kafka",
	What:  "Kafka clients: Java, and those built on librdkafka",
	Files: []string{"NAME.pem", "client.properties", "librdkafka.properties"},
	make:  pemAnd("kafka", "client.properties", "librdkafka.properties"),
})
