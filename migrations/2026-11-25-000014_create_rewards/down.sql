DROP TABLE rewards, award_parameters;
