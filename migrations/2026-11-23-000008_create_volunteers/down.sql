DROP TABLE consents, volunteers;
