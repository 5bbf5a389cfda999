DROP TABLE communes;
