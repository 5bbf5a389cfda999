DROP TABLE road_registrations;
